import { Option } from "commander";

/** The option `--context` of every verb that reaches a cluster; its value is for `createKubectl`. */
export function contextOption(): Option {
  return new Option("--context <name>", "kubectl's context; the current one if not given");
}

import { Option } from "commander";

/** The option `--context` of all verbs that use a cluster, for `createKubectl`. */
export function contextOption(): Option {
  return new Option("--context <name>", "kubectl's context; the current one if not given");
}

import { Command } from "commander";
import { BackendError } from "#backends/backend-error.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { readFaults, readFunctions, writeFaults } from "#backends/local-platform.ts";
import { readTimeout } from "#knative/deploy/options.ts";
import { formatStates } from "#knative/readiness/service-state.ts";
import { clearFaults, listFaults, setFaults } from "#knative/release/faults.ts";
import type { ReleaseTarget } from "#knative/release/release-target.ts";
import { createProgress } from "#measure/progress.ts";
import { ConfigError } from "#runtime/environment.ts";
import { parseFaults } from "#runtime/faults/parse-faults.ts";
import { checkNames } from "../logs/cluster-lines.ts";
import { chooseShop } from "../source/choose-shop.ts";
import {
  checkSourceOptions,
  describeCluster,
  printSource,
  type SourceOptions,
  withSourceOptions,
} from "../source/source-options.ts";
import { type FaultRow, formatFaults } from "./format-faults.ts";

interface FaultOptions extends SourceOptions {
  readonly timeout: string;
}

interface ListOptions extends SourceOptions {
  readonly json?: boolean;
}

/**
 * The verb `fault`. Its actions reject with ConfigError for malformed rules, unknown functions and wrong
 * arguments, and with BackendError if the shop cannot be reached or a revision does not become ready.
 */
export function faultCommand(): Command {
  return new Command("fault")
    .description("Inject faults into a function: latency, errors, hangs, crashes, CPU, leaks.")
    .addCommand(setCommand())
    .addCommand(listCommand())
    .addCommand(clearCommand());
}

function setCommand(): Command {
  return withTimeout(
    new Command("set")
      .description("Replace a function's faults; on Knative by a revision that gets all requests.")
      .argument("<function>", "the function's name")
      .argument("<rule...>", "such as PaymentService/Charge:latency=2s@0.1; see docs/faults.md"),
  ).action(async (name: string, given: string[], options: FaultOptions) => {
    const timeoutMs = readOptions(options);
    const rules = given.join("; ");
    if (parseFaults(rules, "the arguments").length === 0) {
      throw new ConfigError([
        "there is no rule: shop fault clear deletes the faults of a function",
      ]);
    }
    await chooseShop(options, {
      local: async (url) => {
        await checkLocal(url, [name]);
        await writeFaults(url, name, rules);
      },
      cluster: (kubectl, namespace) =>
        release(kubectl, namespace, { name, timeoutMs }, (target) => setFaults(target, rules)),
    });
    process.stdout.write(`${name} injects ${rules}\n`);
  });
}

function listCommand(): Command {
  return withSourceOptions(
    new Command("list")
      .description("Print the faults of all functions, and on Knative the revisions with faults.")
      .option("--json", "print JSON"),
  )
    .allowExcessArguments(false)
    .action(async (options: ListOptions) => {
      checkSourceOptions(options);
      const rows = await chooseShop<readonly FaultRow[]>(options, {
        local: async (url) => {
          printSource(`the local platform at ${url}`);
          return [...(await readFaults(url))].map(([name, rules]) => ({ name, rules }));
        },
        cluster: async (kubectl, namespace) => {
          printSource(await describeCluster(kubectl, namespace));
          return listFaults(kubectl, namespace);
        },
      });
      const text = options.json ? JSON.stringify(rows, null, 2) : formatFaults(rows);
      process.stdout.write(`${text}\n`);
    });
}

function clearCommand(): Command {
  return withTimeout(
    new Command("clear")
      .description(
        "Delete the faults of functions; on Knative by a revision that gets all requests.",
      )
      .argument("[function...]", "functions (default: all that have faults)"),
  ).action(async (given: string[], options: FaultOptions) => {
    const timeoutMs = readOptions(options);
    const cleared = await chooseShop<readonly string[]>(options, {
      local: async (url) => {
        await checkLocal(url, given);
        const names = given.length > 0 ? given : [...(await readFaults(url)).keys()];
        await Promise.all(names.map((name) => writeFaults(url, name, "")));
        return names;
      },
      cluster: async (kubectl, namespace) => {
        const found = (await listFaults(kubectl, namespace)).map(({ name }) => name);
        const names = given.length > 0 ? given : [...new Set(found)];
        for (const name of names) {
          await release(kubectl, namespace, { name, timeoutMs }, clearFaults);
        }
        return names;
      },
    });
    const text = cleared.length > 0 ? `${cleared.join(", ")} injects no faults` : "no faults";
    process.stdout.write(`${text}\n`);
  });
}

function withTimeout(command: Command): Command {
  const help = "on Knative, how long to wait for the revision, such as 180s or 3m";
  return withSourceOptions(command).option("--timeout <time>", help, "180s");
}

function readOptions(options: FaultOptions): number {
  checkSourceOptions(options);
  const problems: string[] = [];
  const timeoutMs = readTimeout(options.timeout, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return timeoutMs;
}

async function checkLocal(url: string, names: readonly string[]): Promise<void> {
  printSource(`the local platform at ${url}`);
  const known = [...(await readFunctions(url, AbortSignal.timeout(10_000))).keys()];
  checkNames(names, known, "on the local platform");
}

async function release(
  kubectl: Kubectl,
  namespace: string,
  { name, timeoutMs }: Pick<ReleaseTarget, "name" | "timeoutMs">,
  change: (target: ReleaseTarget) => Promise<boolean>,
): Promise<void> {
  printSource(await describeCluster(kubectl, namespace));
  const progress = createProgress(process.stderr);
  let failure = "";
  const isDone = await change({
    ...{ kubectl, namespace, name, timeoutMs },
    onState: (state) => progress.update(...formatStates([state])),
    onFailure: (text) => {
      failure = text;
    },
  });
  if (!isDone) throw new BackendError(failure);
}

import { Command } from "commander";
import { readFunctionStates } from "#backends/local-platform.ts";
import { readStatus } from "#knative/status/read-status.ts";
import { formatOthers, formatStatusTable } from "#knative/status/status-table.ts";
import { chooseShop } from "../source/choose-shop.ts";
import {
  checkSourceOptions,
  describeCluster,
  printSource,
  type SourceOptions,
  withSourceOptions,
} from "../source/source-options.ts";
import { formatLocalTable, isAvailable } from "./local-table.ts";

interface StatusOptions extends SourceOptions {
  readonly json?: boolean;
}

/** A status that can be printed. */
interface PrintedStatus {
  /** The JSON form. */
  readonly json: unknown;
  /** The table. */
  readonly text: string;
  /** Whether nothing is wrong. */
  readonly isReady: boolean;
}

/**
 * The verb `status`. It exits with 0 if all functions are ready or at zero, with 1 if one is not or there
 * are none, and with 2 for wrong arguments.
 */
export function statusCommand(): Command {
  return withSourceOptions(
    new Command("status")
      .description(
        "Show the functions and why they fail: states and last crashes on the local platform; " +
          "traffic targets, readiness, replicas and last cold starts on Knative.",
      )
      .option("--json", "print JSON"),
  )
    .allowExcessArguments(false)
    .action(async (options: StatusOptions) => {
      checkSourceOptions(options);
      const { json, text, isReady } = await chooseShop<PrintedStatus>(options, {
        local: readLocal,
        cluster: async (kubectl, namespace) => {
          const status = await readStatus(kubectl, namespace);
          printSource(await describeCluster(kubectl, namespace));
          const { functions, others } = status;
          const all = [...functions, ...others];
          const table = `${formatStatusTable(functions, Date.now())}\n\n${formatOthers(others)}`;
          return {
            json: status,
            text: all.length > 0 ? table : `namespace ${namespace} has no objects of the shop`,
            isReady: all.length > 0 && all.every(({ ready }) => ready),
          };
        },
      });
      process.stdout.write(`${options.json ? JSON.stringify(json, null, 2) : text}\n`);
      process.exitCode = isReady ? 0 : 1;
    });
}

async function readLocal(url: string): Promise<PrintedStatus> {
  printSource(`the local platform at ${url}`);
  const functions = await readFunctionStates(url);
  return {
    json: { functions },
    text: formatLocalTable(functions, Date.now()),
    isReady: functions.every(isAvailable),
  };
}

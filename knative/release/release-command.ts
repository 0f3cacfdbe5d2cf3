import { Command } from "commander";
import { ConfigError } from "#runtime/environment.ts";
import { createKubectl } from "../deploy/kubectl.ts";
import { describeKubectlFailure } from "../deploy/kubectl-failure.ts";
import { checkNamespace } from "../deploy/options.ts";
import {
  moveTraffic,
  promoteCandidate,
  type ReleaseTarget,
  readTraffic,
  rollBackRelease,
  startRelease,
} from "./release.ts";
import { previousTag, stableTag, type TrafficTarget } from "./traffic.ts";

interface RawReleaseOptions {
  readonly image?: string;
  readonly env?: readonly string[];
  readonly tag?: string;
  readonly percent?: string;
  readonly promote?: boolean;
  readonly rollback?: boolean;
  readonly namespace: string;
  readonly context?: string;
}

const defaultTag = "candidate";
const timeoutMs = 180_000;

/**
 * The verb `release`. It sets the exit code: 0 when the requests are split as told, 1 when the new
 * revision does not get ready, 2 for bad arguments.
 */
export function releaseCommand(): Command {
  return new Command("release")
    .description("Split a function's requests between two revisions, promote one, or go back.")
    .argument("<function>", "its name")
    .option("--image <image>", "make a new revision with this image")
    .option("--env <name=value...>", "make a new revision with these variables")
    .option("--tag <tag>", `the new revision's tag, by which it is called (${defaultTag})`)
    .option("--percent <number>", "its share of the requests (0 for a new revision)")
    .option("--promote", "give the new revision everything")
    .option("--rollback", "take its share away, or go back to the revision before")
    .option("--namespace <name>", "where the shop is", "shop")
    .option("--context <name>", "kubectl's context; the current one if not given")
    .addHelpText("after", "\nWithout any of them it shows how the requests are split now.")
    .allowExcessArguments(false)
    .action(async (name: string, raw: RawReleaseOptions) => {
      const given = readReleaseOptions(raw);
      const { namespace, context } = raw;
      const target = { kubectl: createKubectl({ context }), namespace, name, timeoutMs };
      await describeKubectlFailure(async () => {
        const failures = await perform(target, given);
        for (const failure of failures) process.stderr.write(`shop: ${failure}\n`);
        process.stdout.write(`${formatTraffic(await readTraffic(target))}\n`);
        process.exitCode = failures.length > 0 ? 1 : 0;
      });
    });
}

/** The options of `release`, checked. */
export interface ReleaseOptions {
  readonly image: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly tag: string | undefined;
  readonly percent: number | undefined;
  readonly promote: boolean;
  readonly rollback: boolean;
}

/** Checks what was typed. Throws ConfigError naming each option that is wrong. */
export function readReleaseOptions(raw: RawReleaseOptions): ReleaseOptions {
  const { image, tag, promote = false, rollback = false, env = [] } = raw;
  const problems = [...checkNamespace(raw.namespace)];
  const percent = raw.percent === undefined ? undefined : Number(raw.percent);
  if (raw.percent !== undefined && !/^(\d{1,2}|100)$/.test(raw.percent)) {
    problems.push(`--percent is ${JSON.stringify(raw.percent)}: expected a whole number, 0 to 100`);
  }
  const isTag = tag === undefined || /^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/.test(tag);
  if (!isTag || tag === stableTag || tag === previousTag) {
    problems.push(
      `--tag is ${JSON.stringify(tag)}: expected a DNS label of 22 letters at most, and neither ${stableTag} nor ${previousTag}`,
    );
  }
  const wrong = env.filter((entry) => !/^[A-Za-z_]\w*=/.test(entry));
  if (wrong.length > 0) problems.push(`--env is ${wrong.join(", ")}: expected NAME=VALUE`);
  const isNew = image !== undefined || env.length > 0;
  const steps = [isNew || percent !== undefined || tag !== undefined, promote, rollback];
  if (steps.filter(Boolean).length > 1) {
    problems.push("--promote and --rollback stand alone: give one of them, or a split");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const pairs = env.map((entry) => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  return { image, env: Object.fromEntries(pairs), tag, percent, promote, rollback };
}

async function perform(target: ReleaseTarget, given: ReleaseOptions): Promise<readonly string[]> {
  const { image, env, tag, percent, promote, rollback } = given;
  if (promote) await promoteCandidate(target);
  else if (rollback) await rollBackRelease(target);
  else if (image !== undefined || Object.keys(env).length > 0) {
    return startRelease(target, { image, env }, { tag: tag ?? defaultTag, percent: percent ?? 0 });
  } else if (percent !== undefined) await moveTraffic(target, { tag, percent });
  else if (tag !== undefined) throw new ConfigError(["--tag needs --percent, --image or --env"]);
  return [];
}

/** The split as a table. */
export function formatTraffic(traffic: readonly TrafficTarget[]): string {
  const rows = traffic.map(({ revisionName = "-", tag = "-", percent = 0, url = "-" }) => [
    revisionName,
    tag,
    `${percent} %`,
    url,
  ]);
  const table = [["REVISION", "TAG", "SHARE", "URL OF THE TAG"], ...rows];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

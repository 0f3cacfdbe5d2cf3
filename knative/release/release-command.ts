import { Command } from "commander";
import { contextOption } from "#backends/context-option.ts";
import { createKubectl } from "#backends/kubectl.ts";
import { createProgress } from "#measure/progress.ts";
import { ConfigError } from "#runtime/environment.ts";
import { checkNamespace, readTimeout } from "../deploy/options.ts";
import { formatStates, type ServiceState } from "../readiness/service-state.ts";
import {
  moveTraffic,
  promoteCandidate,
  readReadiness,
  readTraffic,
  rollBackRelease,
  startRelease,
} from "./release.ts";
import type { ReleaseTarget } from "./release-target.ts";
import { candidateTag, formatTraffic, previousTag, stableTag } from "./traffic.ts";

interface RawReleaseOptions {
  readonly image?: string;
  readonly env?: readonly string[];
  readonly tag?: string;
  readonly percent?: string;
  readonly show?: boolean;
  readonly promote?: boolean;
  readonly rollback?: boolean;
  readonly namespace: string;
  readonly context?: string;
  readonly timeout: string;
}

/**
 * The verb `release`. It sets the exit code: 0 if the requests are split as requested, 1 if the new
 * revision does not become ready, 2 for wrong arguments.
 */
export function releaseCommand(): Command {
  return new Command("release")
    .description("Split a function's requests between two revisions, promote one, or roll back.")
    .argument("<function>", "the function's name")
    .option("--image <image>", "create a revision with this image")
    .option("--env <name=value...>", "create a revision with these variables")
    .option(
      "--tag <tag>",
      `the new revision's tag, part of its own address (default: ${candidateTag})`,
    )
    .option("--percent <number>", "its share of the requests (default of a new revision: 0)")
    .option("--show", "print how the requests are split; the other options print it too")
    .option("--promote", "send all requests to the new revision")
    .option("--rollback", "send the new revision no requests, or return to the previous revision")
    .option("--namespace <name>", "the shop's namespace", "shop")
    .addOption(contextOption())
    .addHelpText("after", "\nWithout any of these options it runs --show.")
    .option("--timeout <time>", "how long to wait for readiness, such as 180s or 3m", "180s")
    .allowExcessArguments(false)
    .action(async (name: string, raw: RawReleaseOptions) => {
      const given = readReleaseOptions(raw);
      const { namespace, context } = raw;
      const { timeoutMs } = given;
      // Standard output has only the split.
      const progress = createProgress(process.stderr);
      const onState = (state: ServiceState) => progress.update(...formatStates([state]));
      const onFailure = (failure: string) => process.stderr.write(`shop: ${failure}\n`);
      const kubectl = createKubectl({ context });
      const target = { kubectl, namespace, name, timeoutMs, onState, onFailure };
      const isDone = await perform(target, given);
      const readiness = await readReadiness(target);
      process.stdout.write(`${formatTraffic(await readTraffic(target), readiness)}\n`);
      process.exitCode = isDone ? 0 : 1;
    });
}

/** The options of `release`, checked. */
export interface ReleaseOptions {
  /** The new revision's image; undefined to keep it. */
  readonly image: string | undefined;
  /** Variables that the new revision sets or changes. */
  readonly env: Readonly<Record<string, string>>;
  /** The candidate's tag. */
  readonly tag: string | undefined;
  /** The candidate's share of the requests, 0 to 100. */
  readonly percent: number | undefined;
  /** Whether the candidate gets all requests. */
  readonly promote: boolean;
  /** Whether the candidate gets no requests or, without one, the previous revision gets all. */
  readonly rollback: boolean;
  /** Milliseconds to wait for the revision, and then for the Route. */
  readonly timeoutMs: number;
}

/** Checks the options. Throws ConfigError with a line for each wrong option. */
export function readReleaseOptions(raw: RawReleaseOptions): ReleaseOptions {
  const { image, tag, show = false, promote = false, rollback = false, env = [] } = raw;
  const problems = [...checkNamespace(raw.namespace)];
  const timeoutMs = readTimeout(raw.timeout, problems);
  const percent = raw.percent === undefined ? undefined : Number(raw.percent);
  if (raw.percent !== undefined && !/^(\d{1,2}|100)$/.test(raw.percent)) {
    problems.push(`--percent is ${JSON.stringify(raw.percent)}: expected a whole number, 0 to 100`);
  }
  const isTag = tag === undefined || /^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/.test(tag);
  if (!isTag || tag === stableTag || tag === previousTag) {
    problems.push(
      `--tag is ${JSON.stringify(tag)}: expected a DNS label of at most 22 letters, neither ${stableTag} nor ${previousTag}`,
    );
  }
  const wrong = env.filter((entry) => !/^[A-Za-z_]\w*=/.test(entry));
  if (wrong.length > 0) problems.push(`--env is ${wrong.join(", ")}: expected NAME=VALUE`);
  const isNew = image !== undefined || env.length > 0;
  const isSplit = isNew || percent !== undefined || tag !== undefined;
  if ([isSplit, show, promote, rollback].filter(Boolean).length > 1) {
    problems.push(
      "--show, --promote and --rollback exclude each other and the options of a split: give one of them",
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const pairs = env.map((entry) => {
    const at = entry.indexOf("=");
    return [entry.slice(0, at), entry.slice(at + 1)] as const;
  });
  return { image, env: Object.fromEntries(pairs), tag, percent, promote, rollback, timeoutMs };
}

// Returns whether the requests are split as requested.
async function perform(target: ReleaseTarget, given: ReleaseOptions): Promise<boolean> {
  const { image, env, tag, percent, promote, rollback } = given;
  if (promote) await promoteCandidate(target);
  else if (rollback) await rollBackRelease(target);
  else if (image !== undefined || Object.keys(env).length > 0) {
    const share = { tag: tag ?? candidateTag, percent: percent ?? 0 };
    return startRelease(target, { image, env }, share);
  } else if (percent !== undefined) await moveTraffic(target, { tag, percent });
  else if (tag !== undefined) throw new ConfigError(["--tag needs --percent, --image or --env"]);
  return true;
}

import { checkNamespace } from "#knative/deploy/options.ts";
import { ConfigError } from "#runtime/environment.ts";
import type { PlatformKind, PlatformSettings } from "../records/run-file.ts";
import type { RunChanges } from "./start-run.ts";

/** The options of `study run`, as commander passes them: `internalGateway` is `--internal-gateway`. */
export type RawRunOptions = Readonly<Record<"platform" | "namespace", string>> &
  Readonly<Partial<Record<OptionalText, string>>> & {
    /** `--only`. */
    readonly only?: readonly string[];
  };

type OptionalText =
  | ("out" | "repetitions" | "context" | "gateway" | "internalGateway")
  | ("floorImage" | "baselineImage" | "monolithImage");

/** The options of `study run`, checked. */
export interface RunOptions extends RunChanges {
  /** Path of the folder for results. */
  readonly out: string;
  /** How to open the platform. */
  readonly settings: PlatformSettings;
}

/**
 * Checks the options.
 *
 * @throws ConfigError naming each wrong option, its value and the rule
 */
export function readRunOptions(raw: RawRunOptions, now: Date): RunOptions {
  const problems: string[] = [];
  const kind = readKind(raw.platform, problems);
  const repetitions = readRepetitions(raw.repetitions, problems);
  problems.push(...checkNamespace(raw.namespace));
  const gateway = readHostPort("--gateway", raw.gateway, problems);
  const internalGateway = readHostPort("--internal-gateway", raw.internalGateway, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const { floorImage: floor, baselineImage: baseline, monolithImage: monolith } = raw;
  const images = Object.entries({ floor, baseline, monolith }).flatMap(([name, image]) =>
    image === undefined ? [] : [[name, image]],
  );
  return {
    // Such as study-local-20261124-101500, so that listings are in the order of time.
    out:
      raw.out ??
      `study-${kind}-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`,
    only: raw.only,
    repetitions,
    settings: {
      kind,
      namespace: raw.namespace,
      context: raw.context ?? null,
      images: Object.fromEntries(images),
      gateway,
      internalGateway,
    },
  };
}

function readKind(text: string, problems: string[]): PlatformKind {
  if (text === "local" || text === "knative") return text;
  problems.push(`--platform is ${JSON.stringify(text)}: expected local or knative`);
  return "local";
}

function readRepetitions(text: string | undefined, problems: string[]): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1) return count;
  problems.push(`--repetitions is ${JSON.stringify(text)}: expected a whole number from 1`);
  return undefined;
}

function readHostPort(option: string, text: string | undefined, problems: string[]): string | null {
  if (text === undefined) return null;
  if (/^[\w.-]+:\d{1,5}$/.test(text)) return text;
  problems.push(`${option} is ${JSON.stringify(text)}: expected host:port, such as 10.0.0.1:80`);
  return null;
}

import { parseDurationMs } from "#runtime/environment.ts";
import type { Arrival, Condition, Entry, Experiment, Policy } from "./experiment.ts";

/** An experiment as written in its file, accepted by the schema. */
export interface RawExperiment
  extends RawSettings,
    Pick<Experiment, "name" | "title" | "question">,
    Partial<Pick<Experiment, "seed" | "repetitions">> {
  /** Name of a condition. */
  readonly reference?: string;
  /** Settings that differ between the conditions. */
  readonly conditions: readonly (RawSettings & { readonly name: string })[];
}

/** Settings of all conditions, or of one. */
export interface RawSettings extends Partial<Pick<Condition, "deployment" | "from">> {
  /** Required, either for all conditions or for each of them. */
  readonly entry?: RawEntry;
  /** Default: one user, one call. */
  readonly arrival?: RawArrival;
  /** Overridden key by key. */
  readonly policy?: RawPolicy;
  /** A duration such as `4m`. */
  readonly observe?: string;
  /** A duration; default 60s. */
  readonly timeout?: string;
}

type RawEntry =
  | { readonly kind: "rpc"; readonly method: string; readonly request?: Record<string, unknown> }
  | { readonly kind: "page"; readonly page: "home" | "product" | "cart" }
  | { readonly kind: "checkout"; readonly pause?: string }
  | { readonly kind: "visit" };

type RawArrival =
  | {
      readonly kind: "closed";
      readonly users?: number;
      readonly calls?: number;
      readonly think?: string;
    }
  | { readonly kind: "constant" | "poisson"; readonly every: string; readonly for: string }
  | {
      readonly kind: "bursts";
      readonly size: number;
      readonly count?: number;
      readonly every?: string;
    }
  | { readonly kind: "trace"; readonly file: string };

interface RawPolicy extends Omit<Partial<Policy>, "windowMs" | "retentionMs" | "scaleDownDelayMs"> {
  readonly window?: string;
  readonly retention?: string;
  readonly scaleDownDelay?: string;
}

/**
 * Fills in all defaults.
 *
 * @param arrivalsOf the arrival times of a CSV file, in milliseconds
 */
export function resolveExperiment(
  raw: RawExperiment,
  arrivalsOf: (file: string) => readonly number[],
): Experiment {
  const { name, title, question, conditions, seed = 1, repetitions = 20, reference = null } = raw;
  return {
    name,
    title,
    question,
    seed,
    repetitions,
    reference,
    conditions: conditions.map((condition) =>
      resolveCondition(condition.name, mergeSettings(raw, condition), arrivalsOf),
    ),
  };
}

/** Merges the settings of all conditions with a condition's own, which win; the policy key by key. */
export function mergeSettings(all: RawSettings, own: RawSettings): RawSettings {
  const { entry, arrival, deployment, from, observe, timeout } = { ...all, ...own };
  const policy = { ...all.policy, ...own.policy };
  return { entry, arrival, deployment, from, observe, timeout, policy } as RawSettings;
}

function resolveCondition(
  name: string,
  settings: RawSettings,
  arrivalsOf: (file: string) => readonly number[],
): Condition {
  const { deployment = "ten", from = "zero", observe, timeout = "60s" } = settings;
  return {
    name,
    entry: resolveEntry(settings.entry ?? { kind: "page", page: "home" }),
    arrival: resolveArrival(settings.arrival ?? { kind: "closed" }, arrivalsOf),
    deployment,
    policy: resolvePolicy(settings.policy ?? {}),
    from,
    observeMs: observe === undefined ? null : toMs(observe),
    timeoutMs: toMs(timeout),
  };
}

function resolveEntry(entry: RawEntry): Entry {
  if (entry.kind === "rpc") return { request: {}, ...entry };
  if (entry.kind === "checkout") return { kind: "checkout", pauseMs: toMs(entry.pause ?? "0s") };
  return entry;
}

function resolveArrival(
  arrival: RawArrival,
  arrivalsOf: (file: string) => readonly number[],
): Arrival {
  switch (arrival.kind) {
    case "closed": {
      const { kind, users = 1, calls = 1, think = "0s" } = arrival;
      return { kind, users, calls, thinkMs: toMs(think) };
    }
    case "bursts": {
      const { kind, size, count = 1, every = "0s" } = arrival;
      return { kind, size, count, everyMs: toMs(every) };
    }
    case "trace":
      return { ...arrival, atMs: arrivalsOf(arrival.file) };
    default:
      return { kind: arrival.kind, everyMs: toMs(arrival.every), durationMs: toMs(arrival.for) };
  }
}

function resolvePolicy({ window, retention, scaleDownDelay, ...rest }: RawPolicy): Policy {
  return {
    minScale: 0,
    prewarm: "off",
    // Otherwise some functions would not be called, and their cold starts not measured.
    responseCache: "off",
    ...rest,
    windowMs: toMs(window ?? "6s"),
    retentionMs: toMs(retention ?? "0s"),
    scaleDownDelayMs: toMs(scaleDownDelay ?? "0s"),
  };
}

// The schema's pattern accepts only valid durations.
function toMs(duration: string): number {
  return parseDurationMs(duration) ?? 0;
}

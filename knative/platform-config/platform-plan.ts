import type { KubeObject } from "#backends/kube-objects.ts";
import { type ConfigMapName, configMap, readers } from "./platform-objects.ts";

/** The change of one key of Knative's config map. */
export interface KeyChange {
  /** Such as `tracing-endpoint`. */
  readonly key: string;
  /** Its current value; undefined if it is not set. */
  readonly from: string | undefined;
  /** Its new value. */
  readonly to: string;
}

/** The changes outside of the shop's namespace. */
export interface PlatformPlan {
  /** The changes of `config-observability`. */
  readonly keys: readonly KeyChange[];
  /** Objects in Knative's namespace that are missing or differ. */
  readonly objects: readonly KubeObject[];
  /** Messages about settings that are kept although the shop needs others. */
  readonly kept: readonly string[];
}

/** The keys whose values differ, sorted by name. */
export function findKeyChanges(
  before: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): KeyChange[] {
  return Object.entries(wanted)
    .filter(([key, to]) => before[key] !== to)
    .map(([key, to]) => ({ key, from: before[key], to }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The plan's changes, one line each: keys with their old and new values, objects, restarts. */
export function listChanges({ keys, objects }: PlatformPlan): string[] {
  const { name, namespace }: ConfigMapName = configMap;
  const restarts = keys.length > 0 ? readers : [];
  return [
    ...keys.map(({ key, from = "not set", to }) => `${name}: ${key}: ${from} -> ${to}`),
    ...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}: applied`),
    ...restarts.map((reader) => `${reader}: restarted`),
  ].map((line) => `${namespace}: ${line}`);
}

/** The lines of a deploy without `--configure-platform`: the skipped changes and their effects. */
export function describeSkipped(plan: PlatformPlan): string[] {
  const changes = listChanges(plan);
  if (changes.length === 0) return [...plan.kept];
  return [
    ...plan.kept,
    "Knative's own settings are not changed. --configure-platform would also change:",
    ...changes.map((line) => `  ${line}`),
    ...findMissing(plan).map((missing) => `Until then ${missing}.`),
  ];
}

function findMissing({ keys, objects }: PlatformPlan): string[] {
  const isTracing = ({ key }: KeyChange) => key.startsWith("tracing-");
  const hasSpans = !keys.some(isTracing);
  const hasMetrics = keys.every(isTracing) && objects.length === 0;
  return [
    ...(hasSpans ? [] : ["traces have no spans of Knative's activator and queue-proxies"]),
    ...(hasMetrics
      ? []
      : [
          "Prometheus lacks metrics of Knative's activator, autoscaler and queue-proxies, and panels of the dashboards Function, Scale to zero and Platform stay empty",
        ]),
  ];
}

import type { KubeObject } from "#backends/kube-objects.ts";
import { type ConfigMapName, configMap, featuresMap, readers } from "./platform-objects.ts";

/** The change of one key of one of Knative's config maps. */
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
  /** The change of Eventing's `config-features`; undefined for none. */
  readonly events?: KeyChange | undefined;
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
export function listChanges({ keys, objects, events }: PlatformPlan): string[] {
  const restarts = keys.length > 0 ? readers : [];
  return [
    ...keys.map((change) => describeChange(configMap, change)),
    ...[
      ...objects.map(({ kind, metadata }) => `${kind} ${metadata.name}: applied`),
      ...restarts.map((reader) => `${reader}: restarted`),
    ].map((line) => `${configMap.namespace}: ${line}`),
    ...(events ? [describeChange(featuresMap, events)] : []),
  ];
}

function describeChange({ name, namespace }: ConfigMapName, change: KeyChange): string {
  const { key, from = "not set", to } = change;
  return `${namespace}: ${name}: ${key}: ${from} -> ${to}`;
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

function findMissing({ keys, objects, events }: PlatformPlan): string[] {
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
    ...(events ? ["every pod of the cluster can send events to the shop"] : []),
  ];
}

import { formatDuration } from "#measure/format.ts";
import type { Arrival, Condition, Deployment, Entry, Policy } from "../experiment/experiment.ts";

/** Describes how a condition differs from the others of its experiment: `from zero; window 30 s`. */
export function describeCondition(condition: Condition, all: readonly Condition[]): string {
  const parts = readParts(condition);
  const others = all.map(readParts);
  const differing = parts.filter((part, index) => others.some((other) => other[index] !== part));
  return differing.length === 0 ? "as the others" : differing.join("; ");
}

/** Describes the settings that all conditions have in common, in the same words. */
export function describeCommon(all: readonly Condition[]): string {
  const [first, ...others] = all.map(readParts);
  const common = first?.filter((part, index) => others.every((other) => other[index] === part));
  return (common ?? []).filter((part) => !part.endsWith(asDeployed)).join("; ");
}

// The same parts in the same order.
function readParts({ entry, arrival, deployment, from, policy }: Condition): string[] {
  return [
    describeEntry(entry),
    describeArrival(arrival),
    deployments[deployment],
    from === "zero" ? "from zero" : "warm",
    ...policyNames.map(([key, name]) => `${name} ${describeValue(key, policy[key])}`),
  ];
}

const deployments: Readonly<Record<Deployment, string>> = {
  ten: "ten functions",
  monolith: "the monolith: the whole shop as one function",
  floor: "the smallest server that the platform can run",
  baseline: "the function built the usual way",
};

const asDeployed = "as deployed";

const policyNames: readonly (readonly [keyof Policy, string])[] = [
  ["windowMs", "window"],
  ["retentionMs", "retention"],
  ["scaleDownDelayMs", "scale-down delay"],
  ["minScale", "min scale"],
  ["maxScale", "max scale"],
  ["initialScale", "initial scale"],
  ["activationScale", "activation scale"],
  ["concurrency", "container concurrency"],
  ["target", "target"],
  ["burstCapacity", "burst capacity"],
  ["prewarm", "prewarm"],
  ["responseCache", "kept responses"],
];

function describeValue(key: keyof Policy, value: Policy[keyof Policy]): string {
  if (value === undefined) return asDeployed;
  return key.endsWith("Ms") ? formatDuration(Number(value)) : `${value}`;
}

function describeEntry(entry: Entry): string {
  switch (entry.kind) {
    case "rpc":
      return entry.method;
    case "page":
      return `the ${entry.page} page`;
    case "checkout":
      return `a complete order with ${formatDuration(entry.pauseMs)} between pages`;
    case "visit":
      return "visits of all kinds";
  }
}

function describeArrival(arrival: Arrival): string {
  switch (arrival.kind) {
    case "closed":
      return arrival.users * arrival.calls === 1
        ? "one call"
        : `${arrival.users} users with ${arrival.calls} calls each`;
    case "bursts":
      return arrival.count === 1
        ? `${arrival.size} ${arrival.size === 1 ? "call" : "calls"} at once`
        : `${arrival.count} bursts of ${arrival.size}, every ${formatDuration(arrival.everyMs)}`;
    case "trace":
      return `${arrival.atMs.length} arrivals of ${arrival.file}`;
    default:
      return `${arrival.kind} arrivals every ${formatDuration(arrival.everyMs)} for ${formatDuration(arrival.durationMs)}`;
  }
}

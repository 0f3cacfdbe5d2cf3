import type { KubeObject } from "#backends/kube-objects.ts";

/** The parts of the shop that can be left out. */
export const optionalParts = ["grafana", "prometheus"] as const;

/** The name of an optional part. */
export type OptionalPart = (typeof optionalParts)[number];

/** Whether the object belongs to the part, by its name: the names of config maps have a suffix. */
export function isPartOf({ kind, metadata }: KubeObject, part: OptionalPart): boolean {
  const { name } = metadata;
  return name === part || (kind === "ConfigMap" && name.startsWith(`${part}-`));
}

/** Parses a comma-separated list of parts. Adds an error to `problems`. */
export function readParts(text: string, problems: string[]): OptionalPart[] {
  const words = text.split(",").map((word) => word.trim());
  const parts = optionalParts.filter((part) => words.includes(part));
  const isKnown = words.every((word) => optionalParts.some((part) => part === word));
  if (isKnown) return parts;
  const known = optionalParts.join(", ");
  problems.push(`--without is ${JSON.stringify(text)}: expected some of ${known}, with commas`);
  return [];
}

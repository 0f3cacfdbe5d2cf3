import type { KubeObject } from "#backends/kube-objects.ts";

/** What a shop can do without. */
export const optionalParts = ["grafana", "prometheus"] as const;

/** One of them. */
export type OptionalPart = (typeof optionalParts)[number];

/** Whether the object belongs to the part, by its name: config maps have a hash or more behind it. */
export function isPartOf({ kind, metadata }: KubeObject, part: OptionalPart): boolean {
  const { name } = metadata;
  return name === part || (kind === "ConfigMap" && name.startsWith(`${part}-`));
}

/** Reads a comma-separated list of parts; what is wrong with it is added to `problems`. */
export function readParts(text: string, problems: string[]): OptionalPart[] {
  const words = text.split(",").map((word) => word.trim());
  const parts = optionalParts.filter((part) => words.includes(part));
  const isKnown = words.every((word) => optionalParts.some((part) => part === word));
  if (isKnown) return parts;
  const known = optionalParts.join(", ");
  problems.push(`--without is ${JSON.stringify(text)}: expected some of ${known}, with commas`);
  return [];
}

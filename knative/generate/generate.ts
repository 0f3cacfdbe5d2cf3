import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { readManifests } from "#manifest/manifest.ts";
import { writeMonolithService } from "./monolith-service.ts";
import { writeEventsService, writeService, writeTriggers } from "./service.ts";

/** The folder of the functions' manifests, from the repository's root. */
export const manifestsFolder = join("knative", "base", "functions");

/** The root of the repository. */
export const root = join(import.meta.dirname, "..", "..");

/**
 * The generated manifests by their paths from the repository's root: each function's, their
 * kustomization, and the monolith's.
 */
export function writeManifests(): Map<string, string> {
  const functions: [string, string][] = readManifests().flatMap((func) => {
    const service: [string, string] = [`${func.name}.yaml`, writeService(func)];
    if (func.deploy.subscriptions.length === 0) return [service];
    return [
      service,
      [`${func.name}-events.yaml`, `${writeEventsService(func)}---\n${writeTriggers(func)}`],
    ];
  });
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: functions.map(([file]) => file),
  };
  const head = "# Written from the root func.yaml by npm run generate: change it there.\n";
  const monolith = stringify(writeMonolithService(), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return new Map([
    ...functions.map(([file, text]) => [join(manifestsFolder, file), text] as const),
    [
      join(manifestsFolder, "kustomization.yaml"),
      `# Written by npm run generate.\n${stringify(kustomization)}`,
    ],
    [join("monolith", "hipster-shop.yaml"), head + monolith],
  ]);
}

if (import.meta.main) {
  rmSync(join(root, manifestsFolder), { recursive: true, force: true });
  mkdirSync(join(root, manifestsFolder), { recursive: true });
  for (const [path, text] of writeManifests()) writeFileSync(join(root, path), text);
}

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { receivesEvents } from "#manifest/annotations.ts";
import { type Manifest, readManifests } from "#manifest/manifest.ts";
import { authFolder, writeAuth } from "./auth.ts";
import {
  eventIdentitiesFolder,
  openEventsFolder,
  writeEventIdentities,
  writeOpenEvents,
} from "./event-identities.ts";
import { writeMonolithService } from "./monolith-service.ts";
import { formatPolicies, listNetworkPolicies } from "./network-policies.ts";
import { writeEventsService, writeService } from "./service.ts";
import { writeSweep } from "./sweep.ts";
import { writeTriggers } from "./triggers.ts";

/** The folder of the functions' manifests, from the repository's root. */
export const manifestsFolder = join("knative", "base", "functions");

/** The folders that have only generated files. */
export const generatedFolders = [
  manifestsFolder,
  authFolder,
  openEventsFolder,
  eventIdentitiesFolder,
];

/** The root of the repository. */
export const root = join(import.meta.dirname, "..", "..");

/**
 * The generated manifests by their paths from the repository's root: each function's, their
 * kustomization, the network policies, the components that give functions and events identities, and the
 * monolith's.
 */
export function writeManifests(): Map<string, string> {
  const functions = readManifests();
  const files = functions.flatMap((func) => writeFunction(func, functions));
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: files.map(([file]) => file),
  };
  const head = "# Written from the root func.yaml by npm run generate: change it there.\n";
  const monolith = stringify(writeMonolithService(), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return new Map([
    ...files.map(([file, text]) => [join(manifestsFolder, file), text] as const),
    [
      join(manifestsFolder, "kustomization.yaml"),
      `# Written by npm run generate.\n${stringify(kustomization)}`,
    ],
    ...inFolder(authFolder, writeAuth(functions)),
    ...inFolder(openEventsFolder, writeOpenEvents(functions)),
    ...inFolder(eventIdentitiesFolder, writeEventIdentities(functions)),
    [
      join("knative", "base", "network-policies.yaml"),
      formatPolicies(listNetworkPolicies(functions)),
    ],
    [join("monolith", "hipster-shop.yaml"), head + monolith],
  ]);
}

function inFolder(folder: string, files: ReadonlyMap<string, string>): [string, string][] {
  return [...files].map(([file, text]) => [join(folder, file), text]);
}

function writeFunction(func: Manifest, functions: readonly Manifest[]): [string, string][] {
  const { name, sweepIntervalMs } = func;
  const files: [string, string][] = [[`${name}.yaml`, writeService(func)]];
  if (receivesEvents(func)) {
    const parts = [writeEventsService(func), writeTriggers(func, functions)];
    files.push([`${name}-events.yaml`, parts.filter((each) => each !== "").join("---\n")]);
  }
  if (sweepIntervalMs !== undefined) {
    files.push([`${name}-sweep.yaml`, writeSweep({ ...func, sweepIntervalMs })]);
  }
  return files;
}

if (import.meta.main) {
  for (const folder of generatedFolders) {
    rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const [path, text] of writeManifests()) writeFileSync(join(root, path), text);
}

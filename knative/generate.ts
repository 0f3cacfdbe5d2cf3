import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { listFunctions, readManifest } from "#manifest/manifest.ts";
import { writeEventsService, writeService, writeTriggers } from "./service.ts";

/** The manifests of all functions by their file names: each function's, and the kustomization. */
export async function writeManifests(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of listFunctions()) {
    const func = readManifest(name);
    files.set(`${name}.yaml`, writeService(func));
    if (func.deploy.subscriptions.length === 0) continue;
    files.set(`${name}-events.yaml`, `${writeEventsService(func)}---\n${writeTriggers(func)}`);
  }
  const kustomization = { resources: [...files.keys()] };
  return files.set(
    "kustomization.yaml",
    `# Written by npm run generate.\n${stringify({
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      ...kustomization,
    })}`,
  );
}

/** Where they are kept. */
export const manifestsFolder = join(import.meta.dirname, "base", "functions");

if (import.meta.main) {
  rmSync(manifestsFolder, { recursive: true, force: true });
  mkdirSync(manifestsFolder, { recursive: true });
  for (const [file, text] of await writeManifests()) {
    writeFileSync(join(manifestsFolder, file), text);
  }
}

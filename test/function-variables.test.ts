import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { backingVariables, isPassedTo, variablesReadBy } from "#local/function-variables.ts";
import { readManifests } from "#manifest/manifest.ts";
import { ConfigError } from "#runtime/environment.ts";

// The platform sets these itself.
const ofPlatform = ["DATA_DIR", "K_SINK"];

for (const manifest of readManifests()) {
  const { name, folder, env, dependencies, variables, backingServices } = manifest;
  test(`func.yaml of ${name} names exactly the variables that its configuration reads`, async () => {
    const read = [...(await readBy(join(folder, "config.ts")))].filter(
      (variable) => !ofPlatform.includes(variable),
    );
    const addresses = dependencies.map(({ variable }) => variable);
    const missing = read.filter((each) => !isPassedTo(manifest, each) && !addresses.includes(each));
    assert.deepEqual(missing, [], "read, but not passed on by the local platform");
    const named = [...Object.keys(env), ...variables, ...backingServices.flatMap(backingVariables)];
    const unread = named.filter((each) => !read.includes(each));
    assert.deepEqual(unread, [], "named in func.yaml, but not read");
  });
}

async function readBy(path: string): Promise<ReadonlySet<string>> {
  if (!existsSync(path)) return new Set();
  const { readConfig } = await import(path);
  return variablesReadBy((env) => {
    try {
      readConfig(env);
    } catch (error) {
      // An address is required. All variables are read before that is reported.
      if (!(error instanceof ConfigError)) throw error;
    }
  });
}

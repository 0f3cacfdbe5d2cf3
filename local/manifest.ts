import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "#runtime/environment.ts";

/** A function that another one calls. */
export interface Callee {
  /** The variable that holds the callee's address, such as `CART_SERVICE_ADDR`. */
  variable: string;
  /** The callee's name, such as `cartservice`. */
  name: string;
}

/** Which events a function wants. */
export interface Subscription {
  /** The broker that it listens to; this platform has one, `default`. */
  source: string;
  /** CloudEvents attributes with the value that an event must have, all of them. */
  filters: Readonly<Record<string, string>>;
}

/** What the platform has to know about a function, read from its `func.yaml`. */
export interface Manifest {
  /** The function's name, which is its folder's too. */
  name: string;
  /** The absolute path of its folder. */
  folder: string;
  /** The functions that it calls: its edges of the call graph. */
  callees: readonly Callee[];
  /** Variables with a plain value, which the platform's own environment overrides. */
  env: Readonly<Record<string, string>>;
  /** Where the platform listens for it, unless a variable moves the port. */
  localPort: number;
  /** How many instances are kept without any request; the platform runs at most one. */
  minScale: number;
  /** The events that are delivered to it. */
  subscriptions: readonly Subscription[];
}

/** The annotation of `func.yaml` that names the function's port on the local platform. */
export const localPortAnnotation = "hipstershop.dev/local-port";

/**
 * Reads the manifests of all functions: one for each folder with a `func.yaml`, by name.
 *
 * @throws ConfigError naming each manifest that the platform cannot use, and why
 */
export async function readManifests(functionsDir: string): Promise<Manifest[]> {
  const entries = await readdir(functionsDir, { withFileTypes: true });
  const folders = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(functionsDir, name, "func.yaml")))
    .sort();
  const problems: string[] = [];
  const manifests = await Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(join(functionsDir, folder, "func.yaml"), "utf8");
      const path = join(functionsDir, folder);
      return parseManifest(text, path, folder, (rule) =>
        problems.push(`${folder}/func.yaml: ${rule}`),
      );
    }),
  );
  checkCallees(manifests, problems);
  if (folders.length === 0) problems.push(`${functionsDir} has no folder with a func.yaml`);
  if (problems.length > 0) throw new ConfigError(problems);
  return manifests;
}

function parseManifest(
  text: string,
  path: string,
  folder: string,
  report: (rule: string) => void,
): Manifest {
  const document = parseYaml(text, report);
  const name = textOf(member(document, "name"));
  if (name !== folder) report(`name is ${JSON.stringify(name)}: expected the folder's, ${folder}`);
  const deploy = member(document, "deploy");
  const { callees, env } = readVariables(member(member(document, "run"), "envs"));
  const scale = member(member(deploy, "options"), "scale");
  return {
    name: folder,
    folder: path,
    callees,
    env,
    localPort: readPort(textOf(member(member(deploy, "annotations"), localPortAnnotation)), report),
    minScale: Number(member(scale, "min") ?? 0),
    subscriptions: readSubscriptions(member(deploy, "subscriptions")),
  };
}

function parseYaml(text: string, report: (rule: string) => void): unknown {
  try {
    return parse(text);
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    return {};
  }
}

// func writes values that come from elsewhere as `{{ secret:name }}`; only `{{ env:NAME }}` has a
// meaning on one machine, and there the variable is inherited anyway.
function readVariables(envs: unknown): Pick<Manifest, "callees" | "env"> {
  const callees: Callee[] = [];
  const env: Record<string, string> = {};
  for (const entry of listOf(envs)) {
    const variable = textOf(member(entry, "name"));
    const value = textOf(member(entry, "value"));
    if (variable.endsWith("_SERVICE_ADDR")) {
      callees.push({ variable, name: value.split(/[.:]/, 1)[0] ?? "" });
    } else if (variable !== "" && !value.includes("{{")) {
      env[variable] = value;
    }
  }
  return { callees, env };
}

function readPort(text: string, report: (rule: string) => void): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  report(`annotation ${localPortAnnotation} is ${JSON.stringify(text)}: expected a TCP port`);
  return 0;
}

function readSubscriptions(subscriptions: unknown): Subscription[] {
  return listOf(subscriptions).map((entry) => ({
    source: textOf(member(entry, "source")),
    filters: Object.fromEntries(
      Object.entries(Object(member(entry, "filters"))).map(([key, value]) => [key, textOf(value)]),
    ),
  }));
}

function checkCallees(manifests: readonly Manifest[], problems: string[]): void {
  const names = new Set(manifests.map((manifest) => manifest.name));
  for (const { name, callees } of manifests) {
    for (const callee of callees) {
      if (names.has(callee.name)) continue;
      problems.push(
        `${name}/func.yaml: ${callee.variable} leads to ${JSON.stringify(callee.name)}, ` +
          "which is no function's folder",
      );
    }
  }
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parse } from "yaml";
import { ConfigError } from "#runtime/environment.ts";
import { type Annotations, checkDeadLetters, readAnnotations } from "./annotations.ts";
import { checkCallGraph, type Dependency, findDependency } from "./call-graph.ts";
import { checkFuncYaml, type FuncYaml } from "./func-yaml.ts";

/** A function of the shop: its func.yaml, and the values that are derived from it. */
export interface Manifest extends FuncYaml, Annotations {
  /** The absolute path of the function's folder. */
  readonly folder: string;
  /** Whether it is reachable from outside of the cluster: its func.yaml does not label it cluster-local. */
  readonly isPublic: boolean;
  /** The functions that it calls: its edges of the call graph. */
  readonly dependencies: readonly Dependency[];
  /** Variables with a plain value, by name: neither addresses nor func's references. */
  readonly env: Readonly<Record<string, string>>;
}

/** The folder that contains one folder for each function. */
export const functionsFolder = join(import.meta.dirname, "..", "functions");

/** The names of all functions, sorted: the folders with a func.yaml. */
export function listFunctions(folder: string = functionsFolder): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "func.yaml")))
    .map((entry) => entry.name)
    .sort();
}

/**
 * Reads the manifests of all functions, sorted by name.
 *
 * @throws ConfigError with a line for each field of a func.yaml that is wrong; if all fields are valid, with
 *   a line for each call to a missing function, each cycle of calls, each local port of two functions, and
 *   each type of dead letters to which no function or two functions refer
 */
export function readManifests(folder: string = functionsFolder): Manifest[] {
  const problems: string[] = [];
  const manifests = listFunctions(folder).flatMap((name) => {
    try {
      return [readManifest(name, folder)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length === 0) {
    checkCallGraph(manifests, (problem) => problems.push(problem));
    checkPorts(manifests, (problem) => problems.push(problem));
    checkDeadLetters(manifests, (problem) => problems.push(problem));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  if (manifests.length === 0) throw new ConfigError([`${folder} has no folder with a func.yaml`]);
  return manifests;
}

/**
 * Reads the manifest of one function; whether its dependencies exist is not checked.
 *
 * @throws ConfigError with a line for each field that is wrong
 */
export function readManifest(name: string, folder: string = functionsFolder): Manifest {
  return check(join(folder, name), deriveManifest);
}

/** The name of the monolith, the whole shop as one function, in the root func.yaml. */
export const monolithName = "hipster-shop";

/**
 * Reads the root func.yaml, which describes the monolith.
 *
 * @throws ConfigError with a line for each field that is wrong
 */
export function readMonolith(): FuncYaml {
  return readFuncYaml(join(functionsFolder, ".."));
}

/**
 * Reads the func.yaml of a folder that need not be a function of the shop.
 *
 * @throws ConfigError with a line for each field that is wrong
 */
export function readFuncYaml(folder: string): FuncYaml {
  return check(folder, checkFuncYaml);
}

type Report = (problem: string) => void;

function check<T>(
  folder: string,
  derive: (document: unknown, report: Report, folder: string) => T,
): T {
  const file = join(folder, "func.yaml");
  const problems: string[] = [];
  const report = (problem: string) => problems.push(`${nameFile(file)}: ${problem}`);
  const result = derive(parseFile(file), report, folder);
  if (problems.length > 0) throw new ConfigError(problems);
  return result;
}

function checkPorts(manifests: readonly Manifest[], report: Report): void {
  const owners = new Map<number, string>();
  for (const { name, localPort } of manifests) {
    const owner = owners.get(localPort);
    if (localPort > 0 && owner !== undefined) {
      report(`${name} has the local port ${localPort} of ${owner}: choose a free one`);
    }
    owners.set(localPort, name);
  }
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError([`${nameFile(file)}: ${error instanceof Error ? error.message : error}`]);
  }
}

function deriveManifest(document: unknown, report: Report, folder: string): Manifest {
  const func = checkFuncYaml(document, report);
  const expected = basename(folder);
  if (func.name !== expected) {
    report(`name is ${JSON.stringify(func.name)}: expected the folder's name, ${expected}`);
  }
  const { labels, annotations } = func.deploy;
  const { envs } = func.run;
  const found = envs.map((variable) => findDependency(variable, report));
  return {
    ...func,
    name: expected,
    folder,
    isPublic: !labels.some(
      ({ key, value }) => key === "networking.knative.dev/visibility" && value === "cluster-local",
    ),
    dependencies: found.filter((dependency) => dependency !== undefined),
    // On one machine, `{{ secret:... }}` has no meaning, and variables of `{{ env:... }}` are inherited.
    env: Object.fromEntries(
      envs
        .filter(({ value }, index) => found[index] === undefined && !value.includes("{{"))
        .map(({ name, value }) => [name, value]),
    ),
    ...readAnnotations(annotations, report),
  };
}

function nameFile(file: string): string {
  return relative(join(functionsFolder, ".."), file);
}

import { type Command, InvalidArgumentError } from "commander";
import { contextOption } from "#backends/context-option.ts";
import { type Kubectl, KubectlMissingError } from "#backends/kubectl.ts";
import { readContext } from "#knative/checks/check-cluster.ts";
import { checkNamespace } from "#knative/deploy/options.ts";
import { ConfigError } from "#runtime/environment.ts";

/** The default URL of the local platform's console. */
export const defaultLocal = "http://127.0.0.1:8081";

/** The default namespace of a deployed shop. */
export const defaultNamespace = "shop";

/** Which shop is read: the one that is named, otherwise the local platform, or if none runs the deployed shop. */
export interface SourceOptions {
  /** The console of the local platform, such as `http://127.0.0.1:8081`. */
  readonly local?: string;
  /** Jaeger's query API, such as `http://127.0.0.1:16686`; for traces only. */
  readonly jaeger?: string;
  /** Prometheus' address, such as `http://127.0.0.1:9090`; for the graph only. */
  readonly prometheus?: string;
  /** The deployed shop. */
  readonly cluster?: boolean;
  /** The deployed shop in this namespace. */
  readonly namespace?: string;
  /** The deployed shop of this kubectl context. */
  readonly context?: string;
}

/**
 * Reads the value of an option: an HTTP URL, which is returned without a slash at its end. Throws
 * Commander's InvalidArgumentError for other values.
 */
export function readUrl(value: string): string {
  if (/^https?:$/.test(URL.parse(value)?.protocol ?? "")) return value.replace(/\/+$/, "");
  throw new InvalidArgumentError(`Expected a URL such as ${defaultLocal}.`);
}

/** Adds the options that name the local platform or a deployed shop. */
export function withSourceOptions(command: Command): Command {
  return command
    .option("--local <url>", `the local platform's console (default: ${defaultLocal})`, readUrl)
    .option("--cluster", "the deployed shop, even if a local platform runs")
    .option(
      "--namespace <name>",
      `the deployed shop in this namespace (default: ${defaultNamespace})`,
    )
    .addOption(contextOption());
}

/** As `withSourceOptions`, with the option that names a Jaeger. */
export function withTraceOptions(command: Command): Command {
  return withSourceOptions(command).option("--jaeger <url>", "Jaeger's query API", readUrl);
}

/** Whether the options name a deployed shop. */
export function namesCluster({ cluster, namespace, context }: SourceOptions): boolean {
  return cluster === true || namespace !== undefined || context !== undefined;
}

/** Throws ConfigError if the options name two sources, or the namespace is not valid. */
export function checkSourceOptions(options: SourceOptions): void {
  const ofCluster = (["cluster", "namespace", "context"] as const).filter((name) => options[name]);
  const others = (["local", "jaeger", "prometheus"] as const).filter((name) => options[name]);
  const problems = checkNamespace(options.namespace ?? defaultNamespace);
  const named = [...others, ...ofCluster.slice(0, 1)].map((name) => `--${name}`);
  if (named.length > 1) {
    problems.push(`${named.join(" and ")} name different sources: pass one of them`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The problem of a value that is not a trace id, with the name of the argument; empty if it is one. */
export function findTraceIdProblems(name: string, value: string): string[] {
  if (/^[0-9a-f]{16}([0-9a-f]{16})?$/.test(value)) return [];
  return [`${name} is ${JSON.stringify(value)}: expected 32 hexadecimal digits`];
}

/** Names a deployed shop for a message: `namespace shop, context kind-shop`. */
export async function describeCluster(kubectl: Kubectl, namespace: string): Promise<string> {
  try {
    return `namespace ${namespace}, context ${await readContext(kubectl)}`;
  } catch (error) {
    if (error instanceof KubectlMissingError) return `namespace ${namespace}`;
    throw error;
  }
}

/**
 * Prints which source was read, on standard error because standard output may be JSON.
 *
 * @param source such as `Jaeger in namespace shop`
 */
export function printSource(source: string): void {
  process.stderr.write(`source: ${source}\n`);
}

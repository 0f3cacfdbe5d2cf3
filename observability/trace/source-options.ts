import type { Command } from "commander";
import { readContext } from "#knative/deploy/check-cluster.ts";
import { contextOption } from "#knative/deploy/context-option.ts";
import { type Kubectl, KubectlMissingError } from "#knative/deploy/kubectl.ts";
import { checkNamespace } from "#knative/deploy/options.ts";
import { ConfigError } from "#runtime/environment.ts";

/** Where a local platform's console is unless told. */
export const defaultLocal = "http://127.0.0.1:8081";

/** Where a deployed shop is unless told. */
export const defaultNamespace = "shop";

/** Which shop is asked. What is named is the only one; otherwise a local one, if none runs the deployed one. */
export interface SourceOptions {
  /** The console of the local platform, such as `http://127.0.0.1:8081`. */
  readonly local?: string;
  /** Jaeger's query API, such as `http://127.0.0.1:16686`; of traces only. */
  readonly jaeger?: string;
  /** Prometheus' address, such as `http://127.0.0.1:9090`; of the graph only. */
  readonly prometheus?: string;
  /** The deployed shop. */
  readonly cluster?: boolean;
  /** The deployed shop in this namespace. */
  readonly namespace?: string;
  /** The deployed shop that this context of kubectl's leads to. */
  readonly context?: string;
}

/** Adds the options that name the local platform or a deployed shop. */
export function withSourceOptions(command: Command): Command {
  return command
    .option("--local <url>", `the local platform's console (default: ${defaultLocal})`)
    .option("--cluster", "the deployed shop, even if a local platform runs")
    .option(
      "--namespace <name>",
      `the deployed shop in this namespace (default: ${defaultNamespace})`,
    )
    .addOption(contextOption());
}

/** Whether the options name a deployed shop. */
export function namesCluster({ cluster, namespace, context }: SourceOptions): boolean {
  return cluster === true || namespace !== undefined || context !== undefined;
}

/** Throws ConfigError if the options name two sources, or a namespace that cannot be. */
export function checkSourceOptions(options: SourceOptions): void {
  const ofCluster = (["cluster", "namespace", "context"] as const).filter((name) => options[name]);
  const others = (["local", "jaeger", "prometheus"] as const).filter((name) => options[name]);
  const problems = checkNamespace(options.namespace ?? defaultNamespace);
  const named = [...others, ...ofCluster.slice(0, 1)].map((name) => `--${name}`);
  if (named.length > 1) {
    problems.push(`${named.join(" and ")} name different sources: give one of them`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
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
 * Tells the user which source was read, on standard error: standard output may be JSON.
 *
 * @param source such as `Jaeger in namespace shop`
 */
export function printSource(source: string): void {
  process.stderr.write(`source: ${source}\n`);
}

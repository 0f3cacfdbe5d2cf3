import { join } from "node:path";
import { addressVariableOf } from "#manifest/call-graph.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { isPassedTo } from "./function-variables.ts";

/** The addresses of a platform that has bound all its ports. */
export interface PlatformAddresses {
  /** `host:port` of a function's activator. */
  addressOf: (name: string) => string;
  /** The console's URL without a path. */
  consoleUrl: string;
}

/**
 * The environment of a function's process: the manifest's variables, overridden by those of the platform's
 * own environment that the function uses, overridden by the variables of Knative's contract and all
 * addresses.
 */
export function functionEnv(
  manifest: Manifest,
  base: NodeJS.ProcessEnv,
  dataDir: string,
  addresses: PlatformAddresses,
): NodeJS.ProcessEnv {
  const { name, dependencies, env, backingServices } = manifest;
  const passed = Object.entries(base).filter(([variable]) => isPassedTo(manifest, variable));
  return {
    ...env,
    ...Object.fromEntries(passed),
    ...Object.fromEntries(
      dependencies.map(({ variable, name }) => [variable, addresses.addressOf(name)]),
    ),
    PORT: "0",
    METRICS_PORT: "0",
    HOST: "127.0.0.1",
    K_SERVICE: name,
    K_CONFIGURATION: name,
    K_REVISION: `${name}-local`,
    ...(backingServices.includes("broker") && { K_SINK: `${addresses.consoleUrl}/events` }),
    OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${addresses.consoleUrl}/api/v2/spans`,
    DATA_DIR: dataDir,
    NODE_COMPILE_CACHE: base.NODE_COMPILE_CACHE ?? join(dataDir, "compile-cache"),
  };
}

/** The environment of a function's program that runs a sweep: also with the function's own address. */
export function sweepEnv(
  name: string,
  own: NodeJS.ProcessEnv,
  { addressOf }: PlatformAddresses,
): NodeJS.ProcessEnv {
  return { ...own, [addressVariableOf(name)]: addressOf(name) };
}

/** The host of a URL for an address that is listened on: 127.0.0.1 for a wildcard, IPv6 in brackets. */
export function reachableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

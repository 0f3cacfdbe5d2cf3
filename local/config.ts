import { join, resolve } from "node:path";
import type { Manifest } from "#manifest/manifest.ts";
import { parseDurationMs, readEnvironment } from "#runtime/environment.ts";
import { parseFaults } from "#runtime/faults/parse-faults.ts";

/** The configuration that the platform reads from its environment. */
export interface PlatformConfig {
  /** The address on which the storefront listens (HOST); 127.0.0.1 by default, as for the other ports. */
  host: string;
  /** The port of each function by its name. */
  functionPorts: ReadonlyMap<string, number>;
  /** The console's port (CONSOLE_PORT); 8081 by default. */
  consolePort: number;
  /** Milliseconds without a request after which a function stops (SHOP_IDLE_WINDOW); 60 s by default. */
  idleWindowMs: number;
  /** Milliseconds between two sweeps (SHOP_SWEEP_INTERVAL), 0 for none; undefined for the manifest's. */
  sweepIntervalMs: number | undefined;
  /** The folder for the functions' files (DATA_DIR); `.shop` in the repository by default. */
  dataDir: string;
  /** The Zipkin URL to which spans are forwarded (ZIPKIN_ENDPOINT); undefined by default. */
  zipkinEndpoint: URL | undefined;
}

const repositoryDir = resolve(import.meta.dirname, "..");

/** The name of the function whose port is PORT and which listens on HOST, for browsers. */
export const storefront = "frontend";

/**
 * Reads the platform's configuration.
 *
 * @throws ConfigError that names each invalid variable
 */
export function readPlatformConfig(
  env: NodeJS.ProcessEnv,
  manifests: readonly Pick<Manifest, "name" | "localPort">[],
): Readonly<PlatformConfig> {
  // For the functions, which would not start.
  parseFaults(env.SHOP_FAULTS ?? "");
  return readEnvironment(env, (read) => ({
    host: read.string("HOST", "127.0.0.1"),
    functionPorts: new Map(
      manifests.map(({ name, localPort }) => [name, read.port(portVariableOf(name), localPort)]),
    ),
    consolePort: read.port("CONSOLE_PORT", 8081),
    idleWindowMs: read.durationMs("SHOP_IDLE_WINDOW", "60s"),
    sweepIntervalMs: read.optional("SHOP_SWEEP_INTERVAL", sweepRule, parseSweepIntervalMs),
    dataDir: resolve(read.string("DATA_DIR", join(repositoryDir, ".shop"))),
    zipkinEndpoint: read.optionalUrl("ZIPKIN_ENDPOINT", ["http:", "https:"]),
  }));
}

// The longest interval of a func.yaml, too. Timers of Node.js fire at once after 2^31 ms.
const maxSweepIntervalMs = 24 * 3_600_000;
const sweepRule = "a duration such as 10m, at most 24h, or 0 for no sweeps";

function parseSweepIntervalMs(text: string): number | undefined {
  const intervalMs = parseDurationMs(text);
  return intervalMs !== undefined && intervalMs <= maxSweepIntervalMs ? intervalMs : undefined;
}

/** The variable of a function's port: `CARTSERVICE_PORT`, and `PORT` for the storefront. */
export function portVariableOf(name: string): string {
  return name === storefront ? "PORT" : `${name.toUpperCase().replaceAll("-", "_")}_PORT`;
}

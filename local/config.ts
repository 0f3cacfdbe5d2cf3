import { join, resolve } from "node:path";
import type { Manifest } from "#manifest/manifest.ts";
import { readEnvironment } from "#runtime/environment.ts";

/** What the platform reads from its environment. */
export interface PlatformConfig {
  /** Where the storefront listens (HOST); this machine alone by default, and always for the rest. */
  host: string;
  /** The port of each function by its name. */
  functionPorts: ReadonlyMap<string, number>;
  /** The console's port (CONSOLE_PORT); 8081 by default. */
  consolePort: number;
  /** How long a function stays without any request (SHOP_IDLE_WINDOW); 60 s by default. */
  idleWindowMs: number;
  /** Where functions keep their files (DATA_DIR); `.shop` in the repository by default. */
  dataDir: string;
  /** Where spans are sent beside the console (ZIPKIN_ENDPOINT); nowhere by default. */
  zipkinEndpoint: URL | undefined;
}

/** The root of the repository. */
export const repositoryDir = resolve(import.meta.dirname, "..");

/** The function that browsers call; PORT sets its port. */
export const storefront = "frontend";

/**
 * Reads the platform's configuration.
 *
 * @throws ConfigError naming each variable that is wrong
 */
export function readPlatformConfig(
  env: NodeJS.ProcessEnv,
  manifests: readonly Pick<Manifest, "name" | "localPort">[],
): Readonly<PlatformConfig> {
  return readEnvironment(env, (read) => ({
    host: read.string("HOST", "127.0.0.1"),
    functionPorts: new Map(
      manifests.map(({ name, localPort }) => [name, read.port(portVariableOf(name), localPort)]),
    ),
    consolePort: read.port("CONSOLE_PORT", 8081),
    idleWindowMs: read.durationMs("SHOP_IDLE_WINDOW", "60s"),
    dataDir: resolve(read.string("DATA_DIR", join(repositoryDir, ".shop"))),
    zipkinEndpoint: read.optionalUrl("ZIPKIN_ENDPOINT", ["http:", "https:"]),
  }));
}

/** The variable that moves a function's port: `CARTSERVICE_PORT`, and `PORT` for the storefront. */
export function portVariableOf(name: string): string {
  return name === storefront ? "PORT" : `${name.toUpperCase().replaceAll("-", "_")}_PORT`;
}

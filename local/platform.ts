import { functionsFolder, readManifests } from "#manifest/manifest.ts";
import { checkDataDirectory } from "#runtime/store/data-directory.ts";
import { findPrograms } from "../bundle/bundle-functions.ts";
import { type PlatformConfig, readPlatformConfig } from "./config.ts";
import { createPlatformLog } from "./log/platform-log.ts";
import type { Platform, PlatformOptions } from "./platform-options.ts";
import { platformLimits } from "./ports/limits.ts";
import { RunningPlatform } from "./running-platform.ts";
import { keepSessionKey } from "./session-key.ts";

/** The options of a platform, and the interfaces of a running one. */
export type { Platform, PlatformFunction, PlatformOptions } from "./platform-options.ts";

/**
 * Starts the platform: it binds all ports or none, and starts each function when it is called.
 *
 * @throws ConfigError for an invalid variable or manifest, a folder that is not writable, and a port that
 *   is in use
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { functionsDir = functionsFolder, env = process.env } = options;
  const manifests = readManifests(functionsDir);
  const config = applyOptions(readPlatformConfig(env, manifests), options);
  checkDataDirectory(config.dataDir);
  const log = createPlatformLog(options.logs ?? "inherit");
  const limits = { ...platformLimits, ...options.limits };
  const running = new RunningPlatform(manifests, config, log, limits);
  try {
    await running.bind();
    const programs = options.programs ?? findPrograms(manifests.map(({ folder }) => folder));
    const sessionKey = env.SESSION_KEY || keepSessionKey(config.dataDir, log);
    running.serve({ ...env, SESSION_KEY: sessionKey }, { ...options, programs });
  } catch (error) {
    await running.close();
    throw error;
  }
  return running;
}

function applyOptions(config: PlatformConfig, options: PlatformOptions): PlatformConfig {
  const { ports, idleWindowMs = config.idleWindowMs, dataDir = config.dataDir } = options;
  const { sweepIntervalMs = config.sweepIntervalMs } = options;
  const portOf = (name: string, port: number) => (ports === "free" ? 0 : (ports?.[name] ?? port));
  return {
    ...config,
    idleWindowMs,
    sweepIntervalMs,
    dataDir,
    consolePort: portOf("console", config.consolePort),
    functionPorts: new Map(
      [...config.functionPorts].map(([name, port]) => [name, portOf(name, port)]),
    ),
  };
}

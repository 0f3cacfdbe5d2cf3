import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Platform, startPlatform } from "#local/platform.ts";

/** The whole shop for a test: free ports, a folder of its own, no log lines. */
export interface LocalShop {
  platform: Platform;
  /** `host:port` of a function. */
  addressOf(functionName: string): string;
  /** The folder that holds the shop's carts and outbox. */
  dataDir: string;
  close(): Promise<void>;
}

/** Starts the shop; `idleWindowMs` is 60 s by default. */
export async function startLocalShop(
  options: { idleWindowMs?: number; env?: Record<string, string> } = {},
): Promise<LocalShop> {
  const dataDir = mkdtempSync(join(tmpdir(), "hipster-shop-"));
  const platform = await startPlatform({
    ports: "free",
    logs: "ignore",
    dataDir,
    idleWindowMs: options.idleWindowMs ?? 60_000,
    env: { ...process.env, ...options.env },
  });
  return {
    platform,
    dataDir,
    addressOf: (name) => platform.function(name).address,
    close: async () => {
      await platform.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

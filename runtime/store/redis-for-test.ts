import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "./redis.ts";
import type { RedisAddress } from "./store-config.ts";

/** A `redis-server` of a test's own. */
export interface RedisForTest extends RedisAddress {
  /** Stops the server. */
  stop(): Promise<void>;
  /** Starts it again at the same address, empty. */
  restart(): Promise<void>;
}

/**
 * Starts the `redis-server` of this machine on a free port of 127.0.0.1, with a password and
 * without files; undefined where none is installed. It never touches a server that already runs.
 */
export async function startRedisForTest(): Promise<RedisForTest | undefined> {
  const port = await findFreePort();
  const address = { address: `127.0.0.1:${port}`, username: undefined, password: "test-secret" };
  let server = await startServer(port, address);
  if (!server) return undefined;
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  const restart = async () => {
    await stop();
    server = await startServer(port, address);
  };
  return { ...address, stop, restart };
}

async function startServer(port: number, address: RedisAddress) {
  const directory = mkdtempSync(join(tmpdir(), "redis-for-test-"));
  const settings = { port, bind: "127.0.0.1", requirepass: address.password, dir: directory };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn("redis-server", [...args, "--save", "", "--appendonly", "no"], {
    stdio: "ignore",
  });
  const ended = once(child, "exit").catch(() => undefined);
  const stop = async () => {
    child.kill("SIGKILL");
    if (child.pid !== undefined) await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  // A ping waits for the server to come up; the program that is not there has no pid.
  const probe = new Redis({ ...address, scripts: {} });
  try {
    if (child.pid === undefined) throw new Error("redis-server is not installed");
    await probe.ping();
    return { stop };
  } catch {
    await stop();
    return undefined;
  } finally {
    await probe.close();
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

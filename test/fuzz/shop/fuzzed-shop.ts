import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type ClientHttp2Session, connect } from "node:http2";
import { join } from "node:path";
import type { FunctionSnapshot } from "#local/instances/function-snapshot.ts";

/** A running shop: the local platform and the functions, each a process. */
export class FuzzedShop {
  readonly #child: ChildProcess;
  readonly #ports: Readonly<Record<string, number>>;
  readonly #sessions = new Map<string, ClientHttp2Session>();

  private constructor(child: ChildProcess, ports: Readonly<Record<string, number>>) {
    this.#child = child;
    this.#ports = ports;
  }

  /** Starts it with all functions. */
  static async start(): Promise<FuzzedShop> {
    const child = fork(join(import.meta.dirname, "platform.ts"), { stdio: "inherit" });
    const [ports] = await once(child, "message", { signal: AbortSignal.timeout(60_000) });
    const shop = new FuzzedShop(child, ports);
    await Promise.all(
      shop.functions.map((name) => fetch(`http://127.0.0.1:${shop.portOf(name)}/health/readiness`)),
    );
    return shop;
  }

  /** The names of the functions. */
  get functions(): string[] {
    return Object.keys(this.#ports).filter((name) => name !== "console");
  }

  /** The port of a function, or of the `console`. */
  portOf(name: string): number {
    const port = this.#ports[name];
    if (port === undefined) throw new Error(`no port is named ${name}`);
    return port;
  }

  /** An open HTTP/2 connection to a function. */
  sessionOf(name: string): ClientHttp2Session {
    const open = this.#sessions.get(name);
    if (open && !open.closed && !open.destroyed) return open;
    const session = connect(`http://127.0.0.1:${this.portOf(name)}`);
    session.on("error", () => session.destroy());
    session.setMaxListeners(0);
    this.#sessions.set(name, session);
    return session;
  }

  /** What has crashed, one line for each process; empty if nothing has. */
  async findCrashes(): Promise<string[]> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) {
      return [`the platform ended with ${exitCode ?? signalCode}`];
    }
    const functions = await this.#readFunctions();
    return functions.flatMap(({ name, lastCrash }) =>
      lastCrash ? [`${name} crashed: ${lastCrash.message}`] : [],
    );
  }

  /** The resident memory of each process in bytes, by its name; empty if the system has no /proc. */
  async readMemory(): Promise<Map<string, number>> {
    const functions = await this.#readFunctions();
    const processes = [{ name: "platform", pid: this.#child.pid ?? null }, ...functions];
    return new Map(
      processes.flatMap(({ name, pid }) => {
        const bytes = pid === null ? undefined : readResidentBytes(pid);
        return bytes === undefined ? [] : [[name, bytes] as const];
      }),
    );
  }

  /** Stops it. */
  async close(): Promise<void> {
    for (const session of this.#sessions.values()) session.destroy();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  async #readFunctions(): Promise<readonly FunctionSnapshot[]> {
    const received = once(this.#child, "message", { signal: AbortSignal.timeout(30_000) });
    this.#child.send("state");
    const [functions] = await received;
    return functions;
  }
}

function readResidentBytes(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  } catch {
    return undefined;
  }
}

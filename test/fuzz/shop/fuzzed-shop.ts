import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { join } from "node:path";
import type { FunctionSnapshot } from "#local/instances/function-snapshot.ts";

type Ports = Readonly<Record<string, number>>;

/** The options of a shop. */
export interface ShopOptions {
  /** The time within which each input is answered or its connection closed, in milliseconds. */
  readonly answerLimitMs: number;
  /** Kills it. */
  readonly signal?: AbortSignal;
}

/** A running shop: the local platform and the functions, each a process. */
export class FuzzedShop {
  /** The time within which each input is answered or its connection closed, in milliseconds. */
  readonly answerLimitMs: number;
  readonly #signal: AbortSignal | undefined;
  #child: ChildProcess;
  #ports: Ports;
  #pids: ReadonlyMap<string, number> = new Map();
  readonly #sessions = new Map<string, ClientHttp2Session>();

  private constructor(options: ShopOptions, [child, ports]: [ChildProcess, Ports]) {
    this.answerLimitMs = options.answerLimitMs;
    this.#signal = options.signal;
    this.#child = child;
    this.#ports = ports;
  }

  /** Starts it with all functions. */
  static async start(options: ShopOptions): Promise<FuzzedShop> {
    const shop = new FuzzedShop(options, await startPlatform(options.signal));
    await shop.#start();
    return shop;
  }

  /** The names of the functions. */
  get functions(): string[] {
    return Object.keys(this.#ports).filter((name) => name !== "console");
  }

  /** The processes of the platform and of each function that ran at the last `findCrashes`, by name. */
  get pids(): ReadonlyMap<string, number> {
    return this.#pids;
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

  /**
   * What has crashed or does not answer a health check, one line for each process; empty if all is well.
   */
  async findCrashes(): Promise<string[]> {
    const hanging = await Promise.all(this.functions.map((name) => this.#findHang(name)));
    const functions = this.#hasEnded ? undefined : await this.#readFunctions();
    if (!functions) {
      return [`the platform ended with ${this.#child.exitCode ?? this.#child.signalCode}`];
    }
    const pids = functions.map(({ name, pid }) => [name, pid] as const);
    this.#pids = new Map(
      [["platform", this.#child.pid] as const, ...pids].flatMap(([name, pid]) =>
        pid ? [[name, pid]] : [],
      ),
    );
    const crashes = functions.flatMap(({ name, lastCrash }) =>
      lastCrash ? [`${name} crashed: ${lastCrash.message}`] : [],
    );
    return [...crashes, ...hanging.flat()];
  }

  /** Starts it again if something has crashed. */
  async restartAfterCrash(): Promise<void> {
    if ((await this.findCrashes()).length === 0) return;
    await this.close();
    [this.#child, this.#ports] = await startPlatform(this.#signal);
    await this.#start();
  }

  /** Stops it. */
  async close(): Promise<void> {
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
    if (this.#hasEnded) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #start(): Promise<void> {
    const crashes = await this.findCrashes();
    if (crashes.length === 0) return;
    await this.close();
    throw new Error(`the shop did not start: ${crashes.join("; ")}`);
  }

  // Starts the function if it does not run. A connection to a process that is about to exit is answered only
  // after the platform knows of the exit.
  async #findHang(name: string): Promise<string[]> {
    // The platform itself answers /health/* for the storefront.
    const path = name === "frontend" ? "/_healthz" : "/health/readiness";
    const signal = AbortSignal.timeout(this.answerLimitMs);
    try {
      const response = await fetch(`http://127.0.0.1:${this.portOf(name)}${path}`, { signal });
      const text = await response.text();
      return response.ok ? [] : [`${name} is not ready: ${response.status} ${text}`];
    } catch {
      if (!signal.aborted) return [];
      return [`${name} has not answered ${path} within ${this.answerLimitMs} ms`];
    }
  }

  /** Resolves to undefined if the platform has ended. */
  async #readFunctions(): Promise<readonly FunctionSnapshot[] | undefined> {
    const ended = new AbortController();
    const end = () => ended.abort();
    this.#child.once("exit", end);
    const limit = AbortSignal.timeout(30_000);
    try {
      const signal = AbortSignal.any([limit, ended.signal]);
      const received = once(this.#child, "message", { signal });
      this.#child.send("state", () => undefined);
      const [functions] = await received;
      return functions;
    } catch (error) {
      if (limit.aborted) throw error;
      return undefined;
    } finally {
      this.#child.off("exit", end);
    }
  }
}

async function startPlatform(signal: AbortSignal | undefined): Promise<[ChildProcess, Ports]> {
  const child = fork(join(import.meta.dirname, "platform.ts"), {
    ...{ stdio: "inherit", killSignal: "SIGKILL" },
    ...(signal && { signal }),
  });
  child.on("error", () => undefined);
  const [ports] = await once(child, "message", { signal: AbortSignal.timeout(60_000) });
  return [child, ports];
}

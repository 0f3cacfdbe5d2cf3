import { SpanKind } from "@opentelemetry/api";
import type { Redis as Client } from "ioredis";
import { log } from "../log.ts";
import { withSpan } from "../tracing.ts";
import { measureCommand } from "./command-duration.ts";
import type { RedisAddress } from "./store-config.ts";
import { StoreError } from "./store-error.ts";

/** A Redis server and the scripts that run on it. */
export interface RedisOptions extends RedisAddress {
  /** Lua scripts by their names; each takes one key. */
  scripts: Readonly<Record<string, string>>;
}

/**
 * How long a command waits for a connection, and then for its reply, in milliseconds. After a failure to
 * connect, the next commands wait only for one attempt to connect, until Redis is reachable again.
 */
const redisTimeoutMs = 2000;

/**
 * A connection to Redis, opened by the first command and reopened when it breaks. A command that was
 * sent before the connection broke fails: Redis may have executed it, so it is never sent twice. Spans
 * contain no keys and no values.
 */
export class Redis {
  readonly #options: RedisOptions;
  #loading: Promise<Client> | undefined;
  #connecting: Promise<boolean> | undefined;
  #lastError: Error | undefined;
  #isAway = false;
  #closed = false;

  constructor(options: RedisOptions) {
    this.#options = options;
  }

  /**
   * Runs one command in a client span.
   *
   * @param name the command's name, such as `GET`
   * @throws StoreError
   */
  command<T>(name: string, work: (client: Client) => Promise<T>): Promise<T> {
    return this.#trace(name, name, {}, work);
  }

  /**
   * Runs one of the scripts, which Redis executes atomically.
   *
   * @throws StoreError
   */
  script(name: string, key: string, ...values: (string | number)[]): Promise<unknown> {
    const attributes = { "db.stored_procedure.name": name };
    return this.#trace(`EVALSHA ${name}`, "EVALSHA", attributes, (client) => {
      const run = (client as unknown as Record<string, ScriptCall | undefined>)[name];
      if (!run) throw new Error(`Redis script ${name} is not defined`);
      return run.call(client, key, ...values);
    });
  }

  /** Rejects with a StoreError if Redis does not answer. */
  async ping(): Promise<void> {
    await this.command("PING", (client) => client.ping());
  }

  /** Ends the connection. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#loading;
    client?.disconnect();
  }

  #trace<T>(
    spanName: string,
    operation: string,
    more: Record<string, string>,
    work: (client: Client) => Promise<T>,
  ): Promise<T> {
    const { host, port } = splitAddress(this.#options.address);
    const attributes = {
      "db.system.name": "redis",
      "db.namespace": "0",
      "server.address": host,
      "server.port": port,
      "db.operation.name": operation,
      ...more,
    };
    return withSpan(spanName, { kind: SpanKind.CLIENT, attributes }, (span) =>
      measureCommand(operation, span.spanContext(), async () => {
        const client = await this.#connected();
        try {
          return await work(client);
        } catch (error) {
          throw this.#explain(error);
        }
      }),
    );
  }

  async #connected(): Promise<Client> {
    if (this.#closed) throw new Error("the connection to Redis is closed");
    this.#loading ??= this.#load();
    const client = await this.#loading;
    if (client.status !== "ready") {
      if (client.status === "wait") client.connect().catch(() => undefined);
      this.#connecting ??= becomesReady(client, !this.#isAway).finally(() => {
        this.#connecting = undefined;
      });
      this.#isAway = !(await this.#connecting);
      if (this.#isAway) throw this.#explain(this.#lastError);
    }
    return client;
  }

  async #load(): Promise<Client> {
    const { Redis: IoRedis } = await import("ioredis");
    const { address, username, password, scripts } = this.#options;
    const client = new IoRedis({
      ...splitAddress(address),
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...clientOptions,
    });
    for (const [name, lua] of Object.entries(scripts)) {
      client.defineCommand(name, { numberOfKeys: 1, lua });
    }
    client.on("error", (error: Error) => this.#recordError(error));
    client.on("ready", () => {
      this.#lastError = undefined;
      this.#isAway = false;
    });
    return client;
  }

  // A broken connection is logged once, not at each attempt to reconnect.
  #recordError(error: Error): void {
    if (!this.#lastError) log.warn(`Redis at ${this.#options.address} failed: ${error.message}`);
    this.#lastError = error;
  }

  #explain(error: unknown): StoreError {
    const reason = error instanceof Error && error.message !== "" ? error.message : "no connection";
    const message = `Redis at ${this.#options.address}: ${reason}`;
    return new StoreError(message, { unreachable: !isRefusal(error), cause: error });
  }
}

type ScriptCall = (key: string, ...values: (string | number)[]) => Promise<unknown>;

const clientOptions = {
  lazyConnect: true,
  // Commands wait for the connection here, not in ioredis's queue: one that timed out there would be sent
  // later, after its caller got the error.
  enableOfflineQueue: false,
  // Zero: commands without a reply fail as soon as the connection breaks.
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  connectTimeout: redisTimeoutMs,
  commandTimeout: redisTimeoutMs,
  // Without it, a connection to a node or pod that has vanished is used until TCP gives it up: minutes.
  socketTimeout: redisTimeoutMs,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 250),
};

function becomesReady(client: Client, isPatient: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (ready: boolean) => {
      clearTimeout(timer);
      client.off("ready", succeed);
      client.off("end", fail);
      client.off("close", fail);
      resolve(ready);
    };
    const succeed = () => finish(true);
    const fail = () => finish(false);
    const timer = setTimeout(fail, redisTimeoutMs);
    client.on("ready", succeed);
    client.on("end", fail);
    // Emitted after each attempt that fails.
    if (!isPatient) client.on("close", fail);
  });
}

// Replies whose cause is the state or the configuration of the server, which no caller can change: a full
// memory or disk, a replica, an upgrade, a password that was changed (error prefixes of redis.io).
const serverReplies =
  /^(LOADING|BUSY|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|OOM|MISCONF|NOREPLICAS|NOAUTH|WRONGPASS|NOPERM) /;

function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error && error.name === "ReplyError" && !serverReplies.test(error.message)
  );
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  return { host, port: Number(address.slice(colon + 1)) };
}

import type { Manifest } from "#manifest/manifest.ts";
import { Activator } from "./activator/activator.ts";
import { Changes } from "./changes.ts";
import { type PlatformConfig, portVariableOf, storefront } from "./config.ts";
import { consoleRoutes } from "./console/routes.ts";
import { Broker } from "./events/broker.ts";
import { eventRoutes } from "./events/routes.ts";
import { functionEnv, type PlatformAddresses, reachableHost } from "./function-env.ts";
import { Ingress } from "./ingress/ingress.ts";
import type { ColdStartRecord } from "./instances/function-snapshot.ts";
import type { ManagedFunction } from "./instances/managed-function.ts";
import type { PlatformLog } from "./log/platform-log.ts";
import { manageFunction, type ServeOptions } from "./manage-function.ts";
import { defaultWaitMs, describeFunction } from "./platform-function.ts";
import type { Platform, PlatformFunction } from "./platform-options.ts";
import { bindAll } from "./ports/bind.ts";
import type { PlatformLimits } from "./ports/limits.ts";
import { SpanForwarder } from "./zipkin/forwarder.ts";
import { zipkinRoutes } from "./zipkin/routes.ts";
import { TraceStore } from "./zipkin/store.ts";

// Together less than the two seconds that closing may take.
const closeDrainMs = 1200;
const closeForwardMs = 300;
const keptColdStarts = 1000;
// Functions and console are reachable from this machine only; HOST applies to the storefront.
const loopback = "127.0.0.1";

/** A platform while it runs: it binds all ports first, because functions get all addresses. */
export class RunningPlatform implements Platform {
  readonly #manifests: readonly Manifest[];
  readonly #config: PlatformConfig;
  readonly #log: PlatformLog;
  readonly #activators: ReadonlyMap<string, Activator>;
  readonly #ingress: Ingress;
  readonly #traces = new TraceStore();
  readonly #broker: Broker;
  readonly #forwarder: SpanForwarder | undefined;
  readonly #managed = new Map<string, ManagedFunction>();
  readonly #coldStarts: ColdStartRecord[] = [];
  readonly #changes = new Changes();
  #functions: readonly PlatformFunction[] = [];
  #closing: Promise<void> | undefined;

  constructor(
    manifests: readonly Manifest[],
    config: PlatformConfig,
    log: PlatformLog,
    limits: PlatformLimits,
  ) {
    this.#manifests = manifests;
    this.#config = config;
    this.#log = log;
    this.#activators = new Map(
      manifests.map(({ name }) => [
        name,
        new Activator({ name, isProbed: name === storefront, limits, log }),
      ]),
    );
    this.#ingress = new Ingress(limits, log);
    this.#broker = new Broker({ manifests, log, urlOf: (name) => this.#urlOf(name) });
    const { zipkinEndpoint } = config;
    this.#forwarder = zipkinEndpoint && new SpanForwarder(zipkinEndpoint, log);
  }

  get urls(): Platform["urls"] {
    const entry = this.#activators.has(storefront) ? this.#urlOf(storefront) : "";
    return { storefront: entry, console: this.#addresses().consoleUrl };
  }

  get functions(): readonly PlatformFunction[] {
    return this.#functions;
  }

  get idleWindowMs(): number {
    return this.#config.idleWindowMs;
  }

  /** Binds all ports. */
  bind(): Promise<void> {
    const { host, functionPorts, consolePort } = this.#config;
    return bindAll([
      ...[...this.#activators].map(([name, activator]) => ({
        host: name === storefront ? host : loopback,
        purpose: name,
        variable: portVariableOf(name),
        port: functionPorts.get(name) ?? 0,
        listen: (on: string, port: number) => activator.listen(on, port),
      })),
      {
        host: loopback,
        purpose: "the console",
        variable: "CONSOLE_PORT",
        port: consolePort,
        listen: (on, port) => this.#ingress.listen(on, port),
      },
    ]);
  }

  /** Serves all ports, which are bound now. */
  serve(env: NodeJS.ProcessEnv, options: ServeOptions): void {
    for (const manifest of this.#manifests) {
      const managed = manageFunction(manifest, options, {
        env: functionEnv(manifest, env, this.#config.dataDir, this.#addresses()),
        idleWindowMs: this.#config.idleWindowMs,
        log: this.#log,
        onChange: this.#changes.notify,
        onColdStart: (record) => {
          this.#coldStarts.push(record);
          if (this.#coldStarts.length > keptColdStarts) this.#coldStarts.shift();
          this.#changes.notify();
        },
      });
      this.#managed.set(manifest.name, managed);
      this.#activators.get(manifest.name)?.serve(managed);
    }
    this.#functions = [...this.#managed.values()].map((managed) =>
      describeFunction(managed, this.#addresses().addressOf(managed.name), this.#changes),
    );
    const onSpans = (json: string) => {
      this.#forwarder?.send(json);
      this.#changes.notify();
    };
    this.#ingress.serve({
      "/": consoleRoutes({
        manifests: this.#manifests,
        functions: () => this.#functions.map((each) => each.snapshot()),
        coldStarts: () => this.#coldStarts,
        traces: this.#traces,
        events: () => this.#broker.counters,
        idleWindowMs: this.#config.idleWindowMs,
        storefrontUrl: this.urls.storefront,
        subscribe: this.#changes.subscribe,
        logs: this.#log.feed,
      }),
      "/api/v2": zipkinRoutes({ store: this.#traces, onSpans }),
      "/events": eventRoutes(this.#broker, this.#changes.notify),
    });
  }

  function(name: string): PlatformFunction {
    const found = this.#functions.find((each) => each.name === name);
    if (found) return found;
    throw new Error(
      `no function is named ${name}: there are ${[...this.#managed.keys()].join(", ")}`,
    );
  }

  coldStarts(): readonly ColdStartRecord[] {
    return [...this.#coldStarts];
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  waitForZero(timeoutMs: number = defaultWaitMs): Promise<void> {
    const kept = new Set(
      this.#manifests.filter(({ deploy }) => deploy.options.scale.min >= 1).map(({ name }) => name),
    );
    const running = () =>
      this.#functions.filter((each) => !kept.has(each.name) && each.snapshot().pid !== null);
    return this.#changes.waitUntil(
      () => running().length === 0,
      timeoutMs,
      () => `${running().map((each) => each.name)} did not scale to zero within ${timeoutMs} ms`,
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const activator of this.#activators.values()) activator.stopListening();
    const ended = [...this.#managed.values()].map((managed) => managed.close(closeDrainMs));
    await Promise.all([...ended, this.#broker.close()]);
    // After the functions, which send their last spans while they drain.
    await this.#forwarder?.close(closeForwardMs);
    this.#ingress.close();
    for (const activator of this.#activators.values()) activator.close();
    this.#changes.notify();
  }

  #addresses(): PlatformAddresses {
    const hostOf = (name: string) =>
      name === storefront ? reachableHost(this.#config.host) : loopback;
    return {
      addressOf: (name) => `${hostOf(name)}:${this.#activators.get(name)?.port ?? 0}`,
      consoleUrl: `http://${loopback}:${this.#ingress.port}`,
    };
  }

  #urlOf(name: string): string {
    return `http://${this.#addresses().addressOf(name)}`;
  }
}

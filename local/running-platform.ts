import type { Manifest } from "#manifest/manifest.ts";
import { Activator } from "./activator/activator.ts";
import { Changes } from "./changes.ts";
import { type PlatformConfig, portVariableOf, storefront } from "./config.ts";
import { Broker } from "./events/broker.ts";
import { functionEnv, type PlatformAddresses, reachableHost, sweepEnv } from "./function-env.ts";
import { Ingress } from "./ingress/ingress.ts";
import type { ColdStartRecord } from "./instances/function-snapshot.ts";
import { ManagedFunction } from "./instances/managed-function.ts";
import { SweepTimer } from "./instances/sweep-timer.ts";
import type { PlatformLog } from "./log/platform-log.ts";
import { defaultWaitMs, describeFunction } from "./platform-function.ts";
import type { Platform, PlatformFunction, PlatformOptions } from "./platform-options.ts";
import { bindAll } from "./ports/bind.ts";
import type { PlatformLimits } from "./ports/limits.ts";
import { SpanForwarder } from "./zipkin/forwarder.ts";
import { TraceStore } from "./zipkin/store.ts";

// Their sum is less than the two seconds within which the platform must close.
const closeDrainMs = 1200;
const closeForwardMs = 300;
const keptColdStarts = 1000;
// Only the storefront listens on HOST: other functions and the console accept connections only from this
// machine.
const loopback = "127.0.0.1";

/** A running platform. It binds all ports first, because each function gets the addresses of others. */
export class RunningPlatform implements Platform {
  readonly #manifests: readonly Manifest[];
  readonly #config: PlatformConfig;
  readonly #log: PlatformLog;
  readonly #activators: ReadonlyMap<string, Activator>;
  readonly #ingress: Ingress;
  readonly #traces = new TraceStore();
  readonly #broker: Broker;
  readonly #forwarder: SpanForwarder | undefined;
  readonly #managed: ManagedFunction[] = [];
  readonly #sweeps: SweepTimer[] = [];
  #coldStarts: readonly ColdStartRecord[] = [];
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
        new Activator({ name, isPublic: name === storefront, limits, log }),
      ]),
    );
    this.#ingress = new Ingress(limits, log, config.host);
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
      ...[...this.#activators].map(([name, server]) => ({
        host: name === storefront ? host : loopback,
        purpose: name,
        variable: portVariableOf(name),
        port: functionPorts.get(name) ?? 0,
        server,
      })),
      {
        host: loopback,
        purpose: "the console",
        variable: "CONSOLE_PORT",
        port: consolePort,
        server: this.#ingress,
      },
    ]);
  }

  /** Serves all ports, which must be bound. */
  serve(env: NodeJS.ProcessEnv, options: PlatformOptions): void {
    const { programs = [], startTimeoutMs, liveness } = options;
    for (const manifest of this.#manifests) {
      const { name, deploy } = manifest;
      const { path: entry, written } = programs.find((each) => each.name === name) ?? {};
      if (entry === undefined) throw new Error(`function ${name} has no program`);
      const program = { name, entry, memoryLimit: deploy.options.resources.limits.memory };
      const ownEnv = functionEnv(manifest, env, this.#config.dataDir, this.#addresses());
      const managed = new ManagedFunction({
        ...program,
        written,
        env: ownEnv,
        minScale: deploy.options.scale.min,
        startTimeoutMs,
        liveness,
        idleWindowMs: this.#config.idleWindowMs,
        log: this.#log,
        onChange: this.#changes.notify,
        onColdStart: (record) => {
          this.#coldStarts = [...this.#coldStarts, record].slice(-keptColdStarts);
          this.#changes.notify();
        },
      });
      this.#managed.push(managed);
      this.#activators.get(name)?.serve(managed);
      const { sweepIntervalMs: intervalMs = manifest.sweepIntervalMs } = this.#config;
      if (!manifest.sweepIntervalMs || !intervalMs) continue;
      const sweep = { ...program, env: sweepEnv(name, ownEnv, this.#addresses()), intervalMs };
      this.#sweeps.push(new SweepTimer({ ...sweep, log: this.#log }));
    }
    this.#functions = this.#managed.map((managed) =>
      describeFunction(managed, this.#addresses().addressOf(managed.name), this.#changes),
    );
    this.#ingress.serve(async () => {
      const { answerRequests } = await import("./ingress/answer-requests.ts");
      return answerRequests({
        platform: this,
        manifests: this.#manifests,
        managed: this.#managed,
        traces: this.#traces,
        broker: this.#broker,
        forwarder: this.#forwarder,
        changes: this.#changes,
        log: this.#log,
      });
    });
  }

  function(name: string): PlatformFunction {
    const found = this.#functions.find((each) => each.name === name);
    if (found) return found;
    const names = this.#managed.map((each) => each.name).join(", ");
    throw new Error(`${name} is not a function of this platform, which has ${names}`);
  }

  coldStarts(): readonly ColdStartRecord[] {
    return this.#coldStarts;
  }

  subscribe(listener: () => void): () => void {
    return this.#changes.subscribe(listener);
  }

  async waitForZero(timeoutMs: number = defaultWaitMs): Promise<void> {
    const scalable = this.#managed.filter(({ minScale }) => minScale < 1);
    const running = () => scalable.filter((each) => each.snapshot().pid !== null);
    if (await this.#changes.waitUntil(() => running().length === 0, timeoutMs)) return;
    const names = running().map(({ name }) => name);
    throw new Error(`${names} did not scale to zero within ${timeoutMs} ms`);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const activator of this.#activators.values()) activator.stopListening();
    const closing = this.#managed.map((managed) => managed.close(closeDrainMs));
    closing.push(...this.#sweeps.map((sweep) => sweep.close()), this.#broker.close());
    await Promise.all(closing);
    // Closed after the functions, which send their last spans while they drain.
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

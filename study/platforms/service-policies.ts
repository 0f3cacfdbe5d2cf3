import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, type ApiServer } from "#backends/api-server.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import { readServiceState } from "#knative/readiness/service-state.ts";
import type { Policy } from "../experiment/experiment.ts";
import {
  applyPolicy,
  type KnativeService,
  type ServiceSpec,
  studyLabel,
  type Template,
} from "./apply-policy.ts";
import { PlatformError } from "./platform.ts";

const readyBoundMs = 300_000;
// Revisions of the study are deleted then, even if a function does not start without the study.
const restoredBoundMs = 60_000;
const pollMs = 500;
const serving = "/apis/serving.knative.dev/v1/namespaces";

/**
 * Switches Knative Services between policies. Each policy is a revision of its own, created once. A
 * switch routes all requests to it and starts no pod. A revision without requests is at zero under any
 * policy.
 */
export class ServicePolicies {
  readonly #api: ApiServer;
  readonly #path: string;
  readonly #created = new Set<string>();

  constructor(api: ApiServer, namespace: string) {
    this.#api = api;
    this.#path = `${serving}/${namespace}`;
  }

  /** All Services of the namespace. */
  async list(): Promise<KnativeService[]> {
    const { items } = await this.#api.request<{ items: KnativeService[] }>(
      `${this.#path}/services`,
    );
    return items;
  }

  /** Creates a Service of the study, if this run has not created it yet. */
  async ensure(service: KnativeService): Promise<void> {
    const { name } = service.metadata;
    if (this.#created.has(name)) return;
    // A Service of a previous run may have another image.
    await this.#delete(`${this.#path}/services/${name}`);
    await this.#api.request(`${this.#path}/services`, { method: "POST", body: service });
    this.#created.add(name);
  }

  /**
   * Routes all requests of some Services to the revisions with the policy, and waits until they are
   * ready. It returns early at the signal.
   */
  async switchTo(names: readonly string[], policy: Policy, signal: AbortSignal): Promise<void> {
    const wanted = new Map<string, string>();
    for (const name of names) {
      const service = await this.#read(name);
      const original = originalOf(service);
      const template = applyPolicy(name, withoutName(original.template), policy);
      const revisionName = template.metadata?.name ?? "";
      wanted.set(name, revisionName);
      if (isRoutedTo(service, revisionName)) continue;
      const existing = await this.#api.find(`${this.#path}/revisions/${revisionName}`);
      const traffic = [{ revisionName, percent: 100, latestRevision: false }];
      await this.#change(name, ({ spec }) => ({
        spec: { ...spec, ...(existing === undefined && { template }), traffic },
        before: JSON.stringify(original),
      }));
    }
    await this.#awaitRouted(wanted, signal);
  }

  /** Restores all Services, also after a run that was killed, and deletes the study's own. */
  async restore(): Promise<void> {
    const restored = new Set<string>();
    for (const { metadata } of await this.list()) {
      if (metadata.labels?.[studyLabel]) {
        await this.#delete(`${this.#path}/services/${metadata.name}`);
      } else if (metadata.annotations?.[beforeAnnotation]) {
        await this.#change(metadata.name, (service) => ({
          spec: originalOf(service),
          before: undefined,
        }));
        restored.add(metadata.name);
      }
    }
    await this.#awaitRestored(restored);
    const { items } = await this.#api.request<{ items: KubeObject[] }>(
      `${this.#path}/revisions?labelSelector=${studyLabel}=true`,
    );
    for (const { metadata } of items)
      await this.#delete(`${this.#path}/revisions/${metadata.name}`);
  }

  async #read(name: string): Promise<KnativeService> {
    const found = await this.#api.find<KnativeService>(`${this.#path}/services/${name}`);
    if (found) return found;
    throw new PlatformError(`Knative Service ${name} is missing: deploy the shop with shop deploy`);
  }

  // Knative's controllers write to the same object: on a conflict it is read again.
  async #change(name: string, change: (service: KnativeService) => Change): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const service = await this.#read(name);
      const { spec, before } = change(service);
      const annotations = { ...service.metadata.annotations, [beforeAnnotation]: before };
      const body = { ...service, metadata: { ...service.metadata, annotations }, spec };
      try {
        await this.#api.request(`${this.#path}/services/${name}`, { method: "PUT", body });
        return;
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409 && attempt < 5)) throw error;
      }
    }
  }

  async #awaitRouted(wanted: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
    const untilMs = performance.now() + readyBoundMs;
    while (!signal.aborted) {
      const services = new Map((await this.list()).map((each) => [each.metadata.name, each]));
      const waiting = [...wanted].filter(([name, revision]) => {
        const service = services.get(name);
        return service === undefined || !isRoutedTo(service, revision);
      });
      if (waiting.length === 0) return;
      if (performance.now() > untilMs) {
        const why = waiting.map(([name]) => explain(name, services.get(name))).join("; ");
        throw new PlatformError(`not ready within ${readyBoundMs / 1000} s: ${why}`);
      }
      await sleep(pollMs);
    }
  }

  // Until Knative has processed a restored spec, it would create a deleted revision again.
  async #awaitRestored(names: ReadonlySet<string>): Promise<void> {
    const untilMs = performance.now() + restoredBoundMs;
    while (performance.now() < untilMs) {
      const services = (await this.list()).filter(({ metadata }) => names.has(metadata.name));
      if (services.every((service) => readServiceState(service).phase !== "waiting")) return;
      await sleep(pollMs);
    }
  }

  async #delete(path: string): Promise<void> {
    await this.#api.find(path, { method: "DELETE" });
  }
}

interface Change {
  readonly spec: ServiceSpec;
  /** The original spec, recorded on the Service; undefined removes the record. */
  readonly before: string | undefined;
}

// Recorded on the Service itself, so that it survives a run that is killed.
const beforeAnnotation = "hipstershop.dev/before-study";

function originalOf({ metadata, spec }: KnativeService): ServiceSpec {
  const before = metadata.annotations?.[beforeAnnotation];
  return before === undefined ? spec : (JSON.parse(before) as ServiceSpec);
}

function isRoutedTo(service: KnativeService, revision: string): boolean {
  const { phase } = readServiceState(service);
  const [first, ...more] = service.status?.traffic ?? [];
  return phase === "ready" && more.length === 0 && first?.revisionName === revision;
}

function explain(name: string, service: KnativeService | undefined): string {
  if (service === undefined) return `${name} does not exist`;
  const { reason, message } = readServiceState(service);
  return `${name}: ${message === "" ? reason : message}`;
}

function withoutName({ metadata, spec }: Template): Template {
  const { name: _name, ...rest } = metadata ?? {};
  return { metadata: rest, spec };
}

import { setTimeout as sleep } from "node:timers/promises";
import { ApiServer } from "#backends/api-server.ts";
import { BackendError } from "#backends/backend-error.ts";
import { createKubectl } from "#backends/kubectl.ts";
import type { TraceSpan } from "#traces/span.ts";
import { entryFunctionOf, floorFunction } from "../experiment/entry-function.ts";
import type { Condition } from "../experiment/experiment.ts";
import { epochMs } from "../records/clock.ts";
import type { PlatformInfo, PlatformSettings } from "../records/run-file.ts";
import type { ZeroProof } from "../records/sample-record.ts";
import { type KnativeService, studyLabel } from "./apply-policy.ts";
import { type ClusterTraces, openTraces } from "./cluster-traces.ts";
import { describeCluster, findOtherPods } from "./describe-cluster.ts";
import { findGateways, type Gateways } from "./find-gateways.ts";
import {
  writeBaselineService,
  writeFloorService,
  writeOwnMonolithService,
} from "./own-services.ts";
import { type Addresses, type Observation, PlatformError, type StudyPlatform } from "./platform.ts";
import { PodWatch } from "./pod-watch.ts";
import { findReachableFunctions, findReceivers } from "./reachable-functions.ts";
import { ServicePolicies } from "./service-policies.ts";

// Two windows, the grace period and the drain, on a busy machine.
const zeroBoundMs = 240_000;
const pollMs = 250;

/** Opens the shop on a cluster. Rejects with PlatformError if no shop is deployed. */
export async function openKnativePlatform(settings: PlatformSettings): Promise<StudyPlatform> {
  const api = await ApiServer.open(createKubectl({ context: settings.context ?? undefined }));
  try {
    const { namespace } = settings;
    const policies = new ServicePolicies(api, namespace);
    // A run that was killed may have left its Services and revisions.
    await policies.restore();
    const services = (await policies.list()).filter((each) => !each.metadata.labels?.[studyLabel]);
    if (services.length === 0) {
      throw new PlatformError(
        `namespace ${namespace} has no Knative Service: shop deploy --namespace ${namespace}`,
      );
    }
    return new KnativeStudyPlatform({
      api,
      settings,
      policies,
      services,
      receivers: await findReceivers(api, namespace),
      gateways: await findGateways(api, settings),
      traces: await openTraces(api, namespace),
      info: await describeCluster(api, namespace, services),
    });
  } catch (error) {
    api.close();
    throw error;
  }
}

interface Parts {
  readonly api: ApiServer;
  readonly settings: PlatformSettings;
  readonly policies: ServicePolicies;
  /** The shop's Services before the study. */
  readonly services: readonly KnativeService[];
  /** The names of the Services that receive events. */
  readonly receivers: readonly string[];
  readonly gateways: Gateways;
  readonly traces: ClusterTraces;
  readonly info: PlatformInfo;
}

/** The shop on a cluster with Knative, as a study measures it. */
class KnativeStudyPlatform implements StudyPlatform {
  readonly kind = "knative";
  readonly info: PlatformInfo;
  readonly #parts: Parts;
  readonly #pods: PodWatch;
  readonly #urls = new Map<string, string>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.info = parts.info;
    this.#pods = new PodWatch(parts.api, parts.settings.namespace);
  }

  async findDisturbances(): Promise<string[]> {
    const { api, settings, traces } = this.#parts;
    const others = await findOtherPods(api, settings.namespace);
    if (others.length === 0) return [...traces.problems];
    const names = others.slice(0, 5).join(", ");
    return [
      ...traces.problems,
      `other functions ran on the cluster at the start: ${others.length} pods, such as ${names}`,
    ];
  }

  async prepare(condition: Condition, signal: AbortSignal): Promise<void> {
    const { policies } = this.#parts;
    const own = this.#ownService(condition);
    if (own) await policies.ensure(own);
    await policies.switchTo(this.#functionsOf(condition), condition.policy, signal);
    for (const { metadata, status } of await policies.list()) {
      if (status?.url) this.#urls.set(metadata.name, status.url);
    }
  }

  async waitForZero(signal: AbortSignal): Promise<boolean> {
    const untilMs = performance.now() + zeroBoundMs;
    while (!signal.aborted && performance.now() < untilMs) {
      const { items } = await this.#pods.list();
      if (items.length === 0) return true;
      await sleep(pollMs, undefined, { signal }).catch(() => undefined);
    }
    return false;
  }

  async verifyZero(): Promise<ZeroProof> {
    const { items, metadata } = await this.#pods.list();
    return {
      checkedAtMs: epochMs(),
      source: this.#pods.path,
      version: metadata.resourceVersion,
      instances: items.map(({ metadata: { name }, status }) => `${name} ${status?.phase}`),
    };
  }

  addressesOf(condition: Condition): Addresses {
    const { gateways, settings } = this.#parts;
    const entry = entryFunctionOf(condition);
    const isInternal = entry === floorFunction;
    const host = new URL(this.#urls.get(entry) ?? "http://unknown").host;
    return {
      storefront: {
        url: `http://${isInternal ? gateways.internal : gateways.external}`,
        hostHeader: host,
      },
      rpcOf: (name) => ({
        address: gateways.internal,
        authority: `${name}.${settings.namespace}.svc.cluster.local`,
      }),
    };
  }

  observe(): Observation {
    return this.#pods.observe();
  }

  readTrace(traceId: string): Promise<TraceSpan[]> {
    return this.#parts.traces.read(traceId);
  }

  checkAlive(): Promise<void> {
    return this.#parts.api.checkAlive();
  }

  async close(): Promise<void> {
    this.#pods.close();
    try {
      // An unreachable cluster cannot be restored.
      await this.checkAlive();
      await this.#parts.policies.restore();
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    } finally {
      this.#parts.api.close();
    }
  }

  #ownService(condition: Condition): KnativeService | undefined {
    const { images, namespace } = this.#parts.settings;
    const image = images[condition.deployment];
    if (image === undefined) return undefined;
    if (condition.deployment === "floor") return writeFloorService(image, namespace);
    if (condition.deployment === "monolith") return writeOwnMonolithService(image, namespace);
    const name = entryFunctionOf({ ...condition, deployment: "ten" });
    const service = this.#parts.services.find(({ metadata }) => metadata.name === name);
    if (service) return writeBaselineService(service, image);
    throw new PlatformError(
      `the baseline is compared with Knative Service ${name}, which is missing: deploy the shop`,
    );
  }

  // The functions that a call of this condition can reach.
  #functionsOf(condition: Condition): string[] {
    const entry = entryFunctionOf(condition);
    if (condition.deployment !== "ten") return [entry];
    const { services, receivers } = this.#parts;
    if (condition.entry.kind !== "rpc") return services.map(({ metadata }) => metadata.name);
    return findReachableFunctions(entry, services, receivers);
  }
}

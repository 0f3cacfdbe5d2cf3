import { createHash } from "node:crypto";
import type { KubeObject } from "#backends/kube-objects.ts";
import type { Policy } from "../experiment/experiment.ts";

/** A Knative Service as the study reads and changes it. */
export interface KnativeService extends KubeObject {
  /** The desired state. */
  spec: ServiceSpec;
}

/** The desired state of a Service. */
export interface ServiceSpec extends Record<string, unknown> {
  /** The next revision. */
  readonly template: Template;
  /** Knative's traffic targets. */
  readonly traffic?: readonly object[];
}

/** The template of a Service's next revision. */
export interface Template {
  /** The revision's metadata. */
  readonly metadata?: {
    /** Name of the revision; Knative generates one if it is missing. */
    readonly name?: string;
    /** Labels of its pods. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Settings of the autoscaler. */
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** The revision's spec. */
  readonly spec: {
    /** Requests at once; 0 for no limit. */
    readonly containerConcurrency?: number;
    /** The function's container. */
    readonly containers: readonly Container[];
  };
}

/** The function's container. */
export interface Container {
  /** The image's reference. */
  readonly image: string;
  /** Environment variables. */
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  /** Replaces the image's entry point. */
  readonly command?: readonly string[];
}

/** The label of revisions and Services that the study has created. */
export const studyLabel = "hipstershop.dev/study";

/**
 * The template of a revision with a policy. The revision's name is a digest of the template, so the
 * same policy gives the same revision, and another policy another one.
 */
export function applyPolicy(name: string, base: Template, policy: Policy): Template {
  const { containerConcurrency } = base.spec;
  const environment = environmentOf(policy);
  const containers = base.spec.containers.map((container) => ({
    ...container,
    env: [
      ...(container.env ?? []).filter(({ name: known }) => !Object.hasOwn(environment, known)),
      ...Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    ],
  }));
  const template: Template = {
    metadata: {
      labels: { ...base.metadata?.labels, [studyLabel]: "true" },
      annotations: { ...base.metadata?.annotations, ...annotationsOf(policy) },
    },
    spec: {
      ...base.spec,
      containerConcurrency: policy.concurrency ?? containerConcurrency ?? 0,
      containers,
    },
  };
  const digest = createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 8);
  return { ...template, metadata: { ...template.metadata, name: `${name}-s${digest}` } };
}

/** The environment variables of a policy. */
export function environmentOf({ prewarm, responseCache = "off" }: Policy): Record<string, string> {
  return { PREWARM: prewarm, RESPONSE_CACHE: responseCache };
}

/** The functions whose addresses a template contains: its edges of the call graph, except events. */
export function dependenciesOf({ spec }: Template): string[] {
  const env = spec.containers.flatMap((container) => container.env ?? []);
  return env.flatMap(({ name, value }) => {
    const [dependency] = value?.split(/[.:]/, 1) ?? [];
    return name.endsWith("_SERVICE_ADDR") && dependency ? [dependency] : [];
  });
}

/** Whether a function sends events, according to its template. */
export function hasSink({ spec }: Template): boolean {
  return spec.containers.some(({ env = [] }) => env.some(({ name }) => name === "K_SINK"));
}

function annotationsOf(policy: Policy): Record<string, string> {
  const seconds = (ms: number) => `${Math.round(ms / 1000)}s`;
  const settings: Record<string, string | number | undefined> = {
    window: seconds(policy.windowMs),
    "scale-to-zero-pod-retention-period": seconds(policy.retentionMs),
    "scale-down-delay": seconds(policy.scaleDownDelayMs),
    "min-scale": policy.minScale,
    "max-scale": policy.maxScale,
    "initial-scale": policy.initialScale,
    "activation-scale": policy.activationScale,
    target: policy.target,
    "target-burst-capacity": policy.burstCapacity,
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([key, value]) => [`autoscaling.knative.dev/${key}`, String(value)]),
  );
}

import { createHash } from "node:crypto";
import type { Policy } from "../experiment/experiment.ts";

/** A Knative Service, as far as it is read and changed here. */
export interface KnativeService {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly resourceVersion?: string;
  };
  readonly spec: ServiceSpec;
  readonly status?: {
    readonly observedGeneration?: number;
    readonly url?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: "True" | "False" | "Unknown";
      readonly message?: string;
    }[];
    readonly traffic?: readonly { readonly revisionName?: string; readonly percent?: number }[];
  };
}

/** What a Service is to be. */
export interface ServiceSpec {
  readonly template: Template;
  readonly traffic?: readonly object[];
}

/** What a Service's next revision is made of. */
export interface Template {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containerConcurrency?: number;
    readonly containers: readonly Container[];
  };
}

/** The function's container. */
export interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly command?: readonly string[];
}

/** The label of revisions that a study has made. */
export const studyLabel = "hipstershop.dev/study";

/**
 * The template of the revision that has a policy. Its name is of all that it holds, so that the same
 * policy leads to the same revision, and another one never to it.
 */
export function applyPolicy(name: string, base: Template, policy: Policy): Template {
  const { containerConcurrency } = base.spec;
  const containers = base.spec.containers.map((container) => ({
    ...container,
    env: [
      ...(container.env ?? []).filter((variable) => variable.name !== "PREWARM"),
      { name: "PREWARM", value: policy.prewarm },
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

/** The functions whose addresses a template names: its edges of the call graph, but for events. */
export function dependenciesOf({ spec }: Template): string[] {
  const env = spec.containers.flatMap((container) => container.env ?? []);
  return env.flatMap(({ name, value }) => {
    const [dependency] = value?.split(/[.:]/, 1) ?? [];
    return name.endsWith("_SERVICE_ADDR") && dependency ? [dependency] : [];
  });
}

/** Whether a function sends events, by its template. */
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

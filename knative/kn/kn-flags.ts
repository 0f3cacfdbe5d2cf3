import type { KubeObject } from "#backends/kube-objects.ts";

/** A Knative Service's template, as far as `kn` can say it. */
interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    timeoutSeconds?: number;
    containerConcurrency?: number;
    containers: [
      {
        image: string;
        ports: [{ name: string; containerPort: number }];
        env: {
          name: string;
          value?: string;
          valueFrom?: { secretKeyRef: { name: string; key: string } };
        }[];
        readinessProbe: { httpGet?: { path: string; port: number } };
        resources: { requests: Record<string, string>; limits: Record<string, string> };
        volumeMounts?: { name: string; mountPath: string }[];
      },
    ];
  };
}

const scaleFlags: Readonly<Record<string, string>> = {
  "min-scale": "--scale-min",
  "max-scale": "--scale-max",
  metric: "--scale-metric",
  target: "--scale-target",
  window: "--scale-window",
  "initial-scale": "--scale-init",
};

/**
 * The flags of `kn service create` and `kn service update` that say what a manifest says, apart from
 * the image. kn has no flags for a gRPC probe (Knative's own TCP probe is used instead), for a
 * read-only root file system and for leaving out the service account's token.
 */
export function knFlags(service: KubeObject): string[] {
  const { template } = service.spec as { template: Template };
  const [container] = template.spec.containers;
  const [port] = container.ports;
  const labels = service.metadata.labels ?? {};
  const isLocal = labels["networking.knative.dev/visibility"] === "cluster-local";
  return [
    `--port ${port.name}:${port.containerPort}`,
    ...(isLocal ? ["--cluster-local"] : []),
    ...Object.entries(template.metadata?.labels ?? {}).map(([name, value]) =>
      flag("--label", `${name}=${value}`),
    ),
    ...Object.entries(template.metadata?.annotations ?? {}).map(writeAnnotation),
    ...(template.spec.containerConcurrency
      ? [`--concurrency-limit ${template.spec.containerConcurrency}`]
      : []),
    ...(template.spec.timeoutSeconds ? [`--timeout ${template.spec.timeoutSeconds}`] : []),
    ...container.env.map(({ name, value, valueFrom }) =>
      valueFrom
        ? flag(
            "--env-value-from",
            `${name}=secret:${valueFrom.secretKeyRef.name}:${valueFrom.secretKeyRef.key}`,
          )
        : flag("--env", `${name}=${value ?? ""}`),
    ),
    `--request ${joinPairs(container.resources.requests)}`,
    `--limit ${joinPairs(container.resources.limits)}`,
    ...(container.volumeMounts ?? []).map(({ name, mountPath }) =>
      flag("--mount", `${mountPath}=emptyDir:${name}`),
    ),
    ...(container.readinessProbe.httpGet
      ? [
          `--probe-readiness http::${container.readinessProbe.httpGet.port}:${container.readinessProbe.httpGet.path}`,
        ]
      : []),
    "--security-context strict",
  ];
}

/** The image of a Service's only container. */
export function imageOf(service: KubeObject): string {
  return (service.spec as { template: Template }).template.spec.containers[0].image;
}

/** Writes a command over several lines, one flag on each. */
export function writeCommand(command: string, flags: readonly string[]): string {
  return [command, ...flags.map((each) => `  ${each}`)].join(" \\\n");
}

/** A flag with a value that the shell passes on as it is. */
export function flag(name: string, value: string): string {
  return `${name} ${/^[\w./:=,@+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`;
}

function writeAnnotation([name, value]: [string, string]): string {
  const known = scaleFlags[name.replace(/^autoscaling\.knative\.dev\//, "")];
  return known ? flag(known, value) : flag("--annotation-revision", `${name}=${value}`);
}

function joinPairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

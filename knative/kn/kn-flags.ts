import type { KubeObject } from "#backends/kube-objects.ts";
import { failureGraceMs } from "../readiness/await-ready.ts";

/** The fields of a Knative Service's template for which kn has flags. */
interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: {
    timeoutSeconds?: number;
    containerConcurrency?: number;
    containers: [Container];
    volumes?: Volume[];
  };
}

interface Container {
  image: string;
  ports: [{ name: string; containerPort: number }];
  env: Variable[];
  readinessProbe: { httpGet?: HttpGet };
  livenessProbe: { httpGet: HttpGet; [option: string]: HttpGet | number };
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  volumeMounts?: { name: string; mountPath: string }[];
}

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: SecretKey };
}

interface HttpGet {
  path: string;
  port: number;
}

interface Volume {
  name: string;
  emptyDir: { sizeLimit: string };
}

interface SecretKey {
  name: string;
  key: string;
  optional?: boolean;
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
 * The flags of `kn service create` and `kn service update` for a manifest, without the image. kn has no
 * flags for a gRPC probe (Knative's default TCP probe is used), a read-only root file system,
 * `automountServiceAccountToken`, and variables from Secrets that may be missing, which are left out.
 */
export function knFlags(service: KubeObject): string[] {
  const { metadata, spec } = (service.spec as { template: Template }).template;
  const [{ ports, env, resources, volumeMounts = [], ...probes }] = spec.containers;
  const [port] = ports;
  const readiness = probes.readinessProbe.httpGet;
  const { httpGet: liveness, ...livenessOptions } = probes.livenessProbe;
  const isLocal =
    service.metadata.labels?.["networking.knative.dev/visibility"] === "cluster-local";
  return [
    `--port ${port.name}:${port.containerPort}`,
    isLocal && "--cluster-local",
    ...pairsOf(metadata?.labels).map((pair) => flag("--label", pair)),
    ...Object.entries(metadata?.annotations ?? {}).map(writeAnnotation),
    spec.containerConcurrency && `--concurrency-limit ${spec.containerConcurrency}`,
    spec.timeoutSeconds && `--timeout ${spec.timeoutSeconds}`,
    ...env.map(writeVariable),
    `--request ${pairsOf(resources.requests).join()}`,
    `--limit ${pairsOf(resources.limits).join()}`,
    // `--mount PATH=emptyDir:NAME` alone would create the volume without a size limit.
    ...(spec.volumes ?? []).map(({ name, emptyDir }) =>
      flag("--volume", `${name}=emptyDir:${name}:size=${emptyDir.sizeLimit}`),
    ),
    ...volumeMounts.map(({ name, mountPath }) => flag("--mount", `${mountPath}=${name}`)),
    readiness && `--probe-readiness ${probeOf(readiness)}`,
    `--probe-liveness ${probeOf(liveness)}`,
    `--probe-liveness-opts ${pairsOf(livenessOptions).join()}`,
    "--security-context strict",
    // kn's default of two seconds ends the wait at failures that pass.
    `--wait-window ${failureGraceMs / 1000}`,
  ].filter((each) => typeof each === "string");
}

// kn would require the Secret of an optional variable, and a container without it does not start.
function writeVariable({ name, value = "", valueFrom }: Variable): string | undefined {
  if (!valueFrom) return flag("--env", `${name}=${value}`);
  const { name: secret, key, optional } = valueFrom.secretKeyRef;
  return optional ? undefined : flag("--env-value-from", `${name}=secret:${secret}:${key}`);
}

function probeOf({ port, path }: HttpGet): string {
  return `http::${port}:${path}`;
}

/** The image of a Service's only container. */
export function imageOf(service: KubeObject): string {
  return (service.spec as { template: Template }).template.spec.containers[0].image;
}

/** A command in several lines, with one flag in each. */
export function writeCommand(command: string, flags: readonly string[]): string {
  return [command, ...flags.map((each) => `  ${each}`)].join(" \\\n");
}

/** A flag with its value, quoted for the shell. */
export function flag(name: string, value: string): string {
  return `${name} ${/^[\w./:=,@+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`}`;
}

function writeAnnotation([name, value]: [string, string]): string {
  const known = scaleFlags[name.replace(/^autoscaling\.knative\.dev\//, "")];
  return known ? flag(known, value) : flag("--annotation-revision", `${name}=${value}`);
}

function pairsOf(record: Readonly<Record<string, unknown>> = {}): string[] {
  return Object.entries(record).map(([name, value]) => `${name}=${value}`);
}

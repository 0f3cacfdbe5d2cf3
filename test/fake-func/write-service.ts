import type { KubeObject } from "#backends/kube-objects.ts";
import type { FuncYaml } from "#manifest/func-yaml.ts";

/**
 * The Knative Service that `func deploy` creates (knative/func 1.22, generateNewService): HTTP probes, an
 * unnamed port, and no field that func.yaml does not have. It allows tests of the recipe of `shop func`
 * without func.
 */
export function writeAsFunc(func: FuncYaml, image: string, built: Date): KubeObject {
  const { volumes, container, ...written } = writeParts(func, image, built);
  const { labels, annotations, revisionAnnotations, containerConcurrency } = written;
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: func.name, labels, annotations },
    spec: {
      template: {
        metadata: { labels, annotations: revisionAnnotations },
        spec: { containerConcurrency, containers: [{ ...container, securityContext }], volumes },
      },
    },
  };
}

/**
 * The Service as the next `func deploy` leaves it (updateService): labels and annotations, those of its
 * revisions too, variables, probes, resources and volumes are replaced by those of func.yaml; the port,
 * the timeout and the security context stay as they are.
 */
export function rewriteAsFunc(
  live: KubeObject,
  func: FuncYaml,
  image: string,
  built: Date,
): KubeObject {
  const { volumes, container, ...written } = writeParts(func, image, built);
  const { labels, annotations, revisionAnnotations, containerConcurrency } = written;
  const creator = live.metadata.annotations?.[creatorAnnotation];
  const kept: Record<string, string> =
    creator === undefined ? {} : { [creatorAnnotation]: creator };
  const spec = live.spec as { template: { spec: { containers: [object] } } };
  const [before] = spec.template.spec.containers;
  return {
    ...live,
    metadata: { ...live.metadata, labels, annotations: { ...annotations, ...kept } },
    spec: {
      ...spec,
      template: {
        metadata: { labels, annotations: { ...revisionAnnotations, ...kept } },
        spec: {
          ...spec.template.spec,
          containerConcurrency,
          containers: [{ ...before, ...container }],
          volumes,
        },
      },
    },
  };
}

/** The Triggers that func creates for a function's subscriptions: the function is their subscriber. */
export function writeTriggersAsFunc(func: FuncYaml): KubeObject[] {
  return func.deploy.subscriptions.map(({ source, filters }, index) => ({
    apiVersion: "eventing.knative.dev/v1",
    kind: "Trigger",
    metadata: { name: `${func.name}-function-trigger-${index}` },
    spec: {
      broker: source,
      filter: { attributes: filters },
      subscriber: {
        ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: func.name },
      },
    },
  }));
}

const creatorAnnotation = "serving.knative.dev/creator";

const securityContext = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

function writeParts(func: FuncYaml, image: string, built: Date) {
  const { annotations: own, labels, options } = func.deploy;
  const { concurrency, ...limits } = options.resources.limits;
  const volumes = func.run.volumes.map(({ emptyDir, path }, index) => ({
    // func appends seven random letters, so each deploy creates Triggers with new names.
    volume: { name: `empty-dir-${index}-${built.getTime().toString(36)}`, emptyDir },
    path,
  }));
  // The Service and its revisions have the same annotations; only the revisions have the scale options.
  const annotations = { ...own, "function.knative.dev/deployer": "knative" };
  return {
    labels: {
      ...Object.fromEntries(labels.map(({ key, value }) => [key, value])),
      "function.knative.dev": "true",
      "function.knative.dev/name": func.name,
      "function.knative.dev/runtime": func.runtime,
    },
    annotations,
    revisionAnnotations: { ...annotations, ...writeScale(options.scale) },
    containerConcurrency: concurrency,
    container: {
      image,
      env: writeVariables(func, built),
      livenessProbe: writeProbe("/health/liveness"),
      readinessProbe: writeProbe("/health/readiness"),
      resources: { requests: options.resources.requests, limits },
      volumeMounts: volumes.map(({ volume, path }) => ({ name: volume.name, mountPath: path })),
    },
    volumes: volumes.map(({ volume }) => volume),
  };
}

function writeScale(scale: FuncYaml["deploy"]["options"]["scale"]): Record<string, string> {
  const { min, max, metric, target } = scale;
  const values = {
    "min-scale": `${min}`,
    "max-scale": `${max}`,
    metric,
    target: target.toFixed(6),
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]),
  );
}

function writeVariables(func: FuncYaml, built: Date): { name: string; value: string }[] {
  // A new time causes a new revision at every deploy.
  const time = built.toISOString().replace(/[-:]|\.\d+Z$/g, "");
  const address = { name: "ADDRESS", value: "0.0.0.0" };
  return [{ name: "BUILT", value: time }, ...func.run.envs, address];
}

function writeProbe(path: string): object {
  return { httpGet: { path, port: 8080 } };
}

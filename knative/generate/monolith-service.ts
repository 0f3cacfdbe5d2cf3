import { type KubeObject, shopLabels } from "#backends/kube-objects.ts";
import { monolithName, readMonolith } from "#manifest/manifest.ts";
import { writeTemplate } from "./service.ts";

/** Settings of one deployment of the monolith, in addition to the root func.yaml. */
export interface MonolithChanges {
  /** Annotations of its revisions, such as `autoscaling.knative.dev/window`. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Variables of the local platform in it, which passes those that it does not read to the functions. */
  readonly env?: Readonly<Record<string, string>>;
}

// The functions inside send their spans to the local platform, which forwards them to the Jaeger of its
// own namespace. If there is none, the platform logs that once.
const tracing = { ZIPKIN_ENDPOINT: "http://jaeger:9411/api/v2/spans" };

/**
 * Writes the Knative Service of the monolith from the root func.yaml: public, over HTTP/1.1.
 * `kubectl apply` accepts it as JSON in any namespace.
 */
export function writeMonolithService(
  image: string = `shop/${monolithName}`,
  { annotations = {}, env = {} }: MonolithChanges = {},
): KubeObject {
  const func = readMonolith();
  const labels = { "app.kubernetes.io/name": monolithName, ...shopLabels };
  const { metadata, spec } = writeTemplate(func, labels, "http1");
  const own = Object.fromEntries(func.run.envs.map(({ name, value }) => [name, value]));
  const variables = Object.entries({ ...own, ...tracing, ...env });
  const containers = spec.containers.map((container) => ({
    ...container,
    image,
    env: variables.map(([name, value]) => ({ name, value })),
  }));
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: monolithName, labels },
    spec: {
      template: {
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
        spec: { ...spec, containers },
      },
    },
  };
}

import { join } from "node:path";
import type { FuncYaml } from "#manifest/func-yaml.ts";
import { readFuncYaml } from "#manifest/manifest.ts";
import type { KubeObject } from "../deploy/objects.ts";
import { partOf, writeTemplate } from "../service.ts";

/** The name of the whole shop as one function, as the root func.yaml has it. */
export const wholeShop = "hipster-shop";

/** Reads the root func.yaml. */
export function readWholeFuncYaml(): FuncYaml {
  return readFuncYaml(join(import.meta.dirname, "..", ".."));
}

/** What one deployment of the whole shop sets beside the root func.yaml. */
export interface WholeShopChanges {
  /** Annotations of its revisions, such as `autoscaling.knative.dev/window`. */
  annotations?: Readonly<Record<string, string>>;
  /** Variables of the platform inside, which hands those on to the functions that it does not read. */
  env?: Readonly<Record<string, string>>;
}

/**
 * The Knative Service of the whole shop as one function, from the root func.yaml: public, over
 * HTTP/1.1, scaled as one. `kubectl apply` takes it as JSON in any namespace.
 */
export function writeWholeService(
  image: string = `shop/${wholeShop}`,
  { annotations = {}, env = {} }: WholeShopChanges = {},
): KubeObject {
  const func = readWholeFuncYaml();
  const labels = { "app.kubernetes.io/name": wholeShop, ...partOf };
  const { metadata, spec } = writeTemplate(func, labels, "http1");
  const containers = spec.containers.map((container) => ({
    ...container,
    image,
    env: writeVariables({ ...ownVariables(func), ...tracing, ...env }),
  }));
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: wholeShop, labels },
    spec: {
      template: {
        metadata: { ...metadata, annotations: { ...metadata.annotations, ...annotations } },
        spec: { ...spec, containers },
      },
    },
  };
}

// The functions inside send their spans to the platform, which sends them on: to the Jaeger of the
// same namespace, whichever that is. Without one the platform says so once, and goes on.
const tracing = { ZIPKIN_ENDPOINT: "http://jaeger:9411/api/v2/spans" };

function ownVariables(func: FuncYaml): Record<string, string> {
  return Object.fromEntries(func.run.envs.map(({ name, value }) => [name, value]));
}

function writeVariables(env: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

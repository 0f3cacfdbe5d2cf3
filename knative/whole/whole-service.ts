import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { FuncYaml } from "../func-yaml.ts";
import { partOf, writeTemplate } from "../service.ts";

/** The name of the whole shop as one function, as the root func.yaml has it. */
export const wholeShop = "hipster-shop";

/** The Knative Service of the whole shop as one function, from the root func.yaml. */
export function writeWholeService(image: string): object {
  const func: FuncYaml = parse(
    readFileSync(join(import.meta.dirname, "..", "..", "func.yaml"), "utf8"),
  );
  const labels = { "app.kubernetes.io/name": wholeShop, ...partOf };
  const template = writeTemplate(func, labels, "http1");
  const [container] = template.spec.containers;
  return {
    apiVersion: "serving.knative.dev/v1",
    kind: "Service",
    metadata: { name: wholeShop, labels },
    spec: {
      template: {
        ...template,
        spec: { ...template.spec, containers: [{ ...container, image }] },
      },
    },
  };
}

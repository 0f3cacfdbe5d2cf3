import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { jaegerSource } from "#backends/jaeger.ts";
import type { KubeObject } from "#backends/kube-objects.ts";
import { writeMonolithService } from "#knative/generate/monolith-service.ts";
import { awaitReady } from "#knative/readiness/await-ready.ts";
import { findWaitTargets } from "#knative/readiness/workload-state.ts";
import { listFunctions, monolithName, readMonolith } from "#manifest/manifest.ts";
import { writeAsFunc } from "../fake-func/write-service.ts";
import { poll } from "../fixtures/poll.ts";
import {
  cluster,
  GatewayVisitor,
  kubectl,
  listFunctionPods,
  skip as skipWithoutShop,
  waitForZero,
} from "./fixtures/cluster.ts";

const namespace = "shop-monolith-test";
const image = process.env.KNATIVE_WHOLE_IMAGE ?? "";
const skip = skipWithoutShop || (image === "" && "KNATIVE_WHOLE_IMAGE is not set");

const domain = cluster.storefront.replace(`frontend.${cluster.namespace}.`, "");
const host = `${monolithName}.${namespace}.${domain}`;

before(async () => {
  if (!skip) await kubectl.read(["create", "namespace", namespace]);
});
after(async () => {
  if (!skip) await kubectl.run(["delete", "namespace", namespace, "--wait=false"]);
});

test("the monolith accepts an order, scales to zero and starts again", { skip }, async () => {
  await deploy(
    writeMonolithService(image, {
      annotations: { "autoscaling.knative.dev/window": "6s" },
      env: { ZIPKIN_ENDPOINT: `http://jaeger.${cluster.namespace}.svc.cluster.local:9411` },
    }),
  );
  const visitor = new GatewayVisitor(host);
  assert.equal((await visitor.get("/")).status, 200);
  await waitForZero([monolithName], namespace);

  const traceId = randomBytes(16).toString("hex");
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
  const add = { product_id: "6E92ZMYYFZ", quantity: "1" };
  const added = await visitor.post("/cart", add, headers);
  assert.equal(added.status, 302);
  const order = await visitor.order(headers);
  assert.equal(order.status, 200);
  assert.match(order.body, /Thank you/);
  assert.equal((await listFunctionPods([monolithName], namespace)).length, 1);

  // One trace, with the spans of Knative and of all functions in the monolith.
  const expected = [...listFunctions(), "activator"];
  let missing: string[] = [];
  await poll(
    async () => {
      const spans = await jaegerSource(cluster.jaegerUrl).readTrace(traceId);
      const seen = spans.map(({ service }) => service);
      missing = expected.filter((name) => !seen.includes(name));
      return missing.length === 0 ? true : undefined;
    },
    () => `no spans of ${missing.join(", ")}`,
    30_000,
  );
});

test("the monolith is ready and serves pages as func deploys it", { skip }, async () => {
  await deploy(writeAsFunc(readMonolith(), image, new Date()));
  assert.equal((await new GatewayVisitor(host).get("/")).status, 200);
});

async function deploy(service: KubeObject): Promise<void> {
  await kubectl.read(["apply", "-n", namespace, "-f", "-"], { input: JSON.stringify(service) });
  const wait = { namespace, timeoutMs: 120_000, onStates: () => undefined };
  const { failures } = await awaitReady(kubectl, findWaitTargets([service]), wait);
  assert.deepEqual(failures, []);
}

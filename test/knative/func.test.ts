import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parse } from "yaml";
import { awaitReady } from "#knative/deploy/await-ready.ts";
import type { KubeObject } from "#knative/deploy/objects.ts";
import { findWaitTargets } from "#knative/deploy/workload-state.ts";
import { writeAsFunc } from "#knative/func/written-by-func.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { cluster, GatewayVisitor, kubectl, skip } from "./cluster.ts";

const root = join(import.meta.dirname, "..", "..");
const namespace = "shop-func-test";
const frontendNamespace = "shop-func-frontend-test";
const window = "autoscaling.knative.dev/window";

// In the place of `func deploy`, which cannot be had here: what it writes to the cluster, as an update
// too, where it leaves the ports that are there.
async function deployAsFunc(
  name: string,
  { ports, namespace }: { ports?: object; namespace: string },
): Promise<void> {
  const func = parse(readFileSync(join(root, "functions", name, "func.yaml"), "utf8"));
  const image = `${process.env.KNATIVE_REGISTRY ?? "registry.local:5000/shop"}/${name}:${process.env.KNATIVE_TAG ?? "dev"}`;
  const service = writeAsFunc(func, image, new Date()) as KubeObject;
  const spec = service.spec as { template: { spec: { containers: [{ ports?: object }] } } };
  if (ports) spec.template.spec.containers[0].ports = ports;
  await kubectl.read(["apply", "-n", namespace, "-f", "-"], { input: JSON.stringify(service) });
  const wait = { namespace, timeoutMs: 120_000, onStates: () => undefined };
  const { failures } = await awaitReady(kubectl, findWaitTargets([service]), wait);
  assert.deepEqual(failures, []);
}

// The second half of the recipe, without the overlay's own addresses of Redis.
function updateWithKn(name: string): void {
  const args = ["cli/shop.ts", "func", name, "--overlay", "testbed", "--namespace", namespace];
  const script = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  const update = script.slice(script.indexOf("kn service update"));
  const lines = update.split("\n").filter((line) => !/REDIS_/.test(line));
  execFileSync("sh", ["-e"], { input: lines.join("\n"), stdio: ["pipe", "ignore", "pipe"] });
}

async function readTemplate(name: string) {
  const service = await kubectl.readJson(["get", "ksvc", name, "-n", namespace]);
  return (
    service as {
      spec: {
        template: {
          metadata: { annotations: Record<string, string> };
          spec: { containers: [{ ports: { name: string }[] }] };
        };
      };
    }
  ).spec.template;
}

async function getCart(t: TestContext): Promise<number> {
  const authority = `cartservice.${namespace}.svc.cluster.local`;
  const client = createClient(CartServiceDefinition, cluster.internalGateway, { authority });
  t.after(() => client.close());
  const { items } = await client.getCart({ userId: "somebody" }, { timeoutMs: 60_000 });
  return items.length;
}

test("what func deploys gets ready, and speaks gRPC after the port's patch", {
  skip,
}, async (t) => {
  await kubectl.read(["create", "namespace", namespace]);
  t.after(() => kubectl.run(["delete", "namespace", namespace, "--wait=false"]));
  await deployAsFunc("cartservice", { namespace });
  await assert.rejects(getCart(t), "without the port's name the gateway speaks HTTP/1.1");

  updateWithKn("cartservice");
  assert.equal(await getCart(t), 0);
  assert.equal((await readTemplate("cartservice")).metadata.annotations[window], "15s");

  // The next func deploy keeps the port and takes the annotation; the recipe sets it again.
  const { ports } = (await readTemplate("cartservice")).spec.containers[0];
  await deployAsFunc("cartservice", { ports, namespace });
  assert.equal(await getCart(t), 0);
  updateWithKn("cartservice");
  assert.equal((await readTemplate("cartservice")).metadata.annotations[window], "15s");
});

test("the storefront is ready as func deploys it", { skip }, async (t) => {
  const inFrontend = ["namespace", frontendNamespace];
  await kubectl.read(["create", ...inFrontend]);
  t.after(() => kubectl.run(["delete", ...inFrontend, "--wait=false"]));
  await deployAsFunc("frontend", { namespace: frontendNamespace });
  const host = cluster.storefront.replace(`.${cluster.namespace}.`, `.${frontendNamespace}.`);
  assert.equal((await new GatewayVisitor(host).get("/robots.txt")).status, 200);
});

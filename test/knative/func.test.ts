import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { itemsOf, type KubeObject } from "#backends/kube-objects.ts";
import { CartServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { poll } from "../fixtures/poll.ts";
import { readSubscribers } from "./fixtures/channel.ts";
import { cluster, GatewayVisitor, kubectl, skip } from "./fixtures/cluster.ts";
import { abandonNamespace, removeNamespace } from "./fixtures/namespace.ts";
import { testOverlay } from "./settings.ts";

const root = join(import.meta.dirname, "..", "..");
const namespace = `${cluster.namespace}-func`;
const overlay = process.env.KNATIVE_OVERLAY ?? testOverlay;
const registry = process.env.KNATIVE_REGISTRY ?? "registry.local:5000/shop";
const tag = process.env.KNATIVE_TAG ?? "dev";
const windowAnnotation = "autoscaling.knative.dev/window";

describe("the shop that func deploys", { skip }, () => {
  let binFolder: string;

  before(async () => {
    binFolder = mkdtempSync(join(tmpdir(), "func-"));
    const program = join(binFolder, "func");
    const fakeFunc = join(import.meta.dirname, "..", "fake-func", "func.ts");
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${fakeFunc}" "$@"\n`);
    chmodSync(program, 0o755);
    await removeNamespace(namespace);
    shop("deploy", "--backing");
  });

  after(async () => {
    rmSync(binFolder, { recursive: true });
    await abandonNamespace(namespace);
  });

  // The end of a long log names only the failed tests, so their message has what the command wrote.
  function run(command: string, args: readonly string[]): void {
    const env = { ...process.env, PATH: `${binFolder}${delimiter}${process.env.PATH}` };
    const options = { cwd: root, env, encoding: "utf8" } as const;
    const { status, stdout, stderr } = spawnSync(command, args, options);
    assert.equal(status, 0, `${command} ${args.join(" ")}:\n${stdout}\n${stderr}`);
  }

  function shop(...args: string[]): void {
    const [verb = "", ...rest] = args;
    const target = ["--overlay", overlay, "--namespace", namespace];
    run(process.execPath, ["cli/shop.ts", verb, ...target, ...rest]);
  }

  function runRecipe(...names: string[]): void {
    shop("func", "--registry", registry, "--tag", tag, "--run", ...names);
  }

  function deployWithFuncAlone(name: string): void {
    const image = ["--image", `${registry}/${name}:${tag}`, "--build=false", "--push=false"];
    const target = ["--path", `functions/${name}`, "--namespace", namespace];
    run(join(binFolder, "func"), ["deploy", ...target, ...image]);
  }

  test("becomes ready, but does not serve gRPC before its port is named", async () => {
    deployWithFuncAlone("cartservice");
    await assert.rejects(countItems(), {
      code: "UNAVAILABLE",
      message: /has no route in the gateway/,
    });
    const { metadata } = await readService("cartservice");
    assert.equal(metadata.labels?.["networking.knative.dev/visibility"], "cluster-local");
  });

  test("serves gRPC after the recipe, which restores the fields that func deploy removes", async () => {
    runRecipe("cartservice");
    assert.equal(await countItems(), 0);
    assert.equal(await readWindow("cartservice"), "15s");

    deployWithFuncAlone("cartservice");
    assert.equal(await readWindow("cartservice"), undefined);
    assert.equal(await countItems(), 0);

    runRecipe("cartservice");
    assert.equal(await readWindow("cartservice"), "15s");
    assert.equal(await countItems(), 0);
  });

  test("receives events at a Service with HTTP/1.1", async () => {
    runRecipe("emailservice");
    const triggers = itemsOf(await kubectl.readJson(["get", "triggers", "-n", namespace]));
    const led = triggers.map(({ spec }) => (spec as unknown as TriggerSpec).subscriber.ref.name);
    // Orders and prewarm events.
    assert.deepEqual(led, ["emailservice-events", "emailservice-events"]);
    const { spec } = await readService("emailservice-events");
    assert.equal(
      (spec as unknown as ServiceSpec).template.spec.containers[0].ports?.[0]?.name,
      "http1",
    );
  });

  test("leaves no dead subscriber in the channel, also after func deploy alone", async () => {
    await assertSubscribers(2);
    deployWithFuncAlone("emailservice");
    await assertSubscribers(4);
    runRecipe("emailservice");
    await assertSubscribers(2);
  });

  test("serves the storefront after the recipe", async () => {
    runRecipe("frontend");
    const host = cluster.storefront.replace(`.${cluster.namespace}.`, `.${namespace}.`);
    assert.equal((await new GatewayVisitor(host).get("/robots.txt")).status, 200);
  });
});

// Eventing may update the channel some time after a Trigger is ready or deleted.
async function assertSubscribers(count: number): Promise<void> {
  let seen = "";
  await poll(
    async () => {
      const { wanted, served } = await readSubscribers(namespace);
      seen = `${served.length} subscribers are served, ${wanted.length} wanted: ${served} / ${wanted}`;
      return wanted.length === count && wanted.join() === served.join() ? true : undefined;
    },
    () => seen,
    30_000,
  );
}

interface ServiceSpec {
  template: {
    metadata: { annotations: Record<string, string> };
    spec: { containers: [{ ports?: { name: string }[] }] };
  };
}

interface TriggerSpec {
  subscriber: { ref: { name: string } };
}

async function readService(name: string): Promise<KubeObject> {
  return (await kubectl.readJson(["get", "ksvc", name, "-n", namespace])) as KubeObject;
}

async function readWindow(name: string): Promise<string | undefined> {
  const { spec } = await readService(name);
  return (spec as unknown as ServiceSpec).template.metadata.annotations[windowAnnotation];
}

async function countItems(): Promise<number> {
  const authority = `cartservice.${namespace}.svc.cluster.local`;
  const client = createClient(CartServiceDefinition, cluster.internalGateway, { authority });
  try {
    const { items } = await client.getCart({ userId: "somebody" }, { timeoutMs: 60_000 });
    return items.length;
  } finally {
    client.close();
  }
}

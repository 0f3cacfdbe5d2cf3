import assert from "node:assert/strict";
import { after, test } from "node:test";
import { userContainer } from "#backends/kube-objects.ts";
import { createClients } from "../fixtures/clients.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, kubectl, listFunctionPods, skip } from "./fixtures/cluster.ts";
import { runShop } from "./fixtures/run-shop.ts";

const { namespace, internalGateway } = cluster;
const target = ["--namespace", namespace];
const convert = "CurrencyService/Convert";

const clients = createClients(
  () => internalGateway,
  (name) => `${name}.${namespace}.svc.cluster.local`,
);
after(() => skip || clients.close());

function shop(...args: string[]): string {
  const { status, stdout, stderr } = runShop([...args, ...target]);
  assert.equal(status, 0, stderr);
  return stdout;
}

// The code of a conversion: OK, or that of its error.
function callConvert(): Promise<string> {
  const from = { currencyCode: "USD", units: 1n, nanos: 0 };
  return clients.currency.convert({ from, toCode: "EUR" }).then(
    () => "OK",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

// The gateway applies a new split a moment after the Route is ready.
function awaitCode(expected: string): Promise<true> {
  let last = "";
  return poll(
    async () => {
      last = await callConvert();
      return last === expected ? true : undefined;
    },
    () => `the last call had ${last}, expected ${expected}`,
    60_000,
  );
}

test("a fault is a revision: it is set, listed, rolled back and cleared", { skip }, async () => {
  await awaitCode("OK");
  const rule = `${convert}:status=DATA_LOSS`;
  assert.equal(shop("fault", "set", "currencyservice", rule), `currencyservice injects ${rule}\n`);
  await awaitCode("DATA_LOSS");
  assert.match(
    shop("fault", "list"),
    /^currencyservice +currencyservice-\d+ +100 % +CurrencyService\/Convert:status=DATA_LOSS$/m,
  );

  assert.match(
    shop("release", "currencyservice", "--rollback"),
    /stable +100 %.*\n.*candidate +0 %/,
  );
  await awaitCode("OK");
  assert.match(shop("fault", "list"), /^currencyservice +currencyservice-\d+ +0 % /m);

  assert.equal(shop("fault", "clear", "currencyservice"), "currencyservice injects no faults\n");
  await awaitCode("OK");
  assert.equal(shop("fault", "list"), "no function injects faults\n");
  const again = runShop(["fault", "clear", "currencyservice", ...target]);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /shop: currencyservice has no faults/);
});

test("a crash ends the container's first process, and the kubelet restarts it", {
  skip,
}, async () => {
  shop("fault", "set", "currencyservice", `${convert}:crash=before`);
  await poll(
    async () => {
      // Queue-proxy or the gateway answers for the process that has ended.
      assert.notEqual(await callConvert(), "OK");
      const pods = await listFunctionPods(["currencyservice"]);
      const containers = pods.flatMap(({ status }) => status?.containerStatuses ?? []);
      const ended = containers
        .filter(({ name }) => name === userContainer)
        .flatMap(({ state, lastState }) => [state?.terminated, lastState?.terminated]);
      return ended.some((each) => each?.exitCode === 137) ? true : undefined;
    },
    () => "no container ended with exit code 137",
    120_000,
  );
  shop("fault", "clear");
  await awaitCode("OK");
});

test("a function with a malformed fault does not become ready, and keeps its revision", {
  skip,
}, async () => {
  const before = shop("release", "currencyservice", "--show");
  const env = ["--env", "SHOP_FAULTS=*:slow"];
  const { status, stderr } = runShop(["release", "currencyservice", ...env, ...target]);
  assert.equal(status, 1, stderr);
  assert.match(stderr, /ExitCode2.*the rule .*\*:slow.* of SHOP_FAULTS is wrong/);
  assert.equal(shop("release", "currencyservice", "--show"), before);
  assert.equal(await callConvert(), "OK");
});

test("a latency in an outgoing call delays a page, whose pod logs the rules", {
  skip,
}, async () => {
  shop("fault", "set", "frontend", "ProductCatalogService/ListProducts:latency=1500ms");
  const visitor = new GatewayVisitor();
  await poll(
    async () => {
      const startMs = performance.now();
      assert.equal((await visitor.get("/")).status, 200);
      const pods = await listFunctionPods(["frontend"]);
      const logs = await Promise.all(
        pods.map(({ metadata }) =>
          kubectl.run(["logs", metadata.name, "-n", namespace, "-c", userContainer]),
        ),
      );
      const isLogged = logs.some(({ stdout }) => stdout.includes("faults are injected"));
      return isLogged && performance.now() - startMs >= 1500 ? true : undefined;
    },
    () => "no page was delayed",
    60_000,
  );
  shop("fault", "clear", "frontend");
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { skipWithoutKubectl, writeKubeconfig } from "#backends/fixtures/kubeconfig.ts";
import { runShop } from "../fixtures/run-shop.ts";

// Jaeger with a call from one function to another, reached directly or through an API server.
async function startJaeger(t: TestContext, prefix = "") {
  const paths: string[] = [];
  const span = { traceID: "a".repeat(32), operationName: "GET /", duration: 5000 };
  const tag = (value: string) => [{ key: "span.kind", value }];
  const startTime = Date.now() * 1000;
  const reference = { refType: "CHILD_OF", spanID: "1" };
  const spans = [
    { ...span, spanID: "1", processID: "p1", startTime, tags: tag("client") },
    {
      ...span,
      spanID: "2",
      processID: "p2",
      startTime,
      tags: tag("server"),
      references: [reference],
    },
  ];
  const processes = { p1: { serviceName: "frontend" }, p2: { serviceName: "cartservice" } };
  const server = createServer(({ url = "" }, response) => {
    paths.push(url);
    const isKnown = url.startsWith(`${prefix}/api/traces?`);
    const body = { data: isKnown ? [{ spans, processes }] : [] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

for (const given of [["--namespace", "shop-x"], ["--cluster"], []]) {
  const naming = given.length === 0 ? "--context alone" : given.join(" ");
  test(`${naming} names the deployed shop, and no local platform is read`, {
    skip: skipWithoutKubectl,
  }, async (t) => {
    const namespace = given[1] ?? "shop";
    const proxy = `/api/v1/namespaces/${namespace}/services/jaeger:16686/proxy`;
    const { url, paths } = await startJaeger(t, proxy);
    const config = writeKubeconfig(t, { dead: "http://127.0.0.1:1", alive: url });
    const args = ["graph", "--format", "json", ...given, "--context", "alive"];
    const { status, stdout, stderr } = await runShop(args, { KUBECONFIG: config });
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout)[0].to, "cartservice");
    assert.equal(stderr, `source: Jaeger in namespace ${namespace}, context alive\n`);
    assert.ok(paths.some((path) => path.startsWith(`${proxy}/api/traces?`)));
  });
}

test("the source is printed on standard error, its contents on standard output", async (t) => {
  const { url } = await startJaeger(t);
  const { status, stdout, stderr } = await runShop(["graph", "--format", "json", "--jaeger", url]);
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).length, 1);
  assert.equal(stderr, `source: Jaeger at ${url}\n`);
});

for (const args of [
  ["trace", "1".repeat(32), "--jaeger", "http://x", "--namespace", "shop"],
  ["graph", "--prometheus", "http://x", "--local", "http://y"],
  ["logs", "--local", "http://x", "--context", "kind"],
]) {
  test(`${args.join(" ")} exits 2 because it names two sources`, async () => {
    const { status, stderr } = await runShop(args);
    assert.equal(status, 2);
    assert.match(stderr, /^shop: --\w+ and --\w+ name different sources: pass one of them\n$/);
  });
}

test("exits 1 with one line if the source that is named does not respond", async () => {
  const args = ["trace", "1".repeat(32), "--jaeger", "http://127.0.0.1:1"];
  const { status, stderr } = await runShop(args);
  assert.match(
    stderr,
    /^shop: no trace backend is reachable: Jaeger at http:\/\/127\.0\.0\.1:1 cannot be read: .+\n$/,
  );
  assert.equal(status, 1);
});

test("accepts a URL with a slash at its end, and rejects other values than URLs", async (t) => {
  const { url } = await startJaeger(t);
  const { status, stderr } = await runShop(["graph", "--format", "json", "--jaeger", `${url}/`]);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: `source: Jaeger at ${url}\n` });
  const refused = await runShop(["logs", "--local", "localhost:8081"]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /'localhost:8081' is invalid. Expected a URL such as http:/);
});

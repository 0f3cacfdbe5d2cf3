import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { userContainer } from "#backends/kube-objects.ts";
import { poll } from "../fixtures/poll.ts";
import { cluster, GatewayVisitor, kubectl, listFunctionPods, skip } from "./fixtures/cluster.ts";

const { namespace } = cluster;

// SIGKILL from inside a container does not reach its first process. Its inspector, which SIGUSR1 opens,
// ends it in the same way: no handler runs, and nothing is drained. An exit waits until the inspector has
// no client, so this client disconnects at once.
const killFirstProcess = `
  process.kill(1, "SIGUSR1");
  const inspect = async () => {
    const [{ webSocketDebuggerUrl }] = await (await fetch("http://127.0.0.1:9229/json/list")).json();
    const socket = new WebSocket(webSocketDebuggerUrl);
    const params = { expression: "setTimeout(() => process.reallyExit(137), 200)" };
    socket.onopen = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params }));
    socket.onmessage = () => process.exit();
  };
  const endMs = Date.now() + 5000;
  const attempt = () => inspect().catch((error) => {
    if (Date.now() > endMs) throw error;
    setTimeout(attempt, 50);
  });
  attempt();
`;

/**
 * A ready container of a function in a pod that is not being deleted: any pod, or the named one.
 */
async function findContainer(
  name: string,
  podName?: string,
): Promise<{ pod: string; restarts: number }> {
  for (const { metadata, status } of await listFunctionPods([name])) {
    if (metadata.deletionTimestamp !== undefined) continue;
    if (podName !== undefined && metadata.name !== podName) continue;
    const { containerStatuses = [] } = status as {
      containerStatuses?: { name: string; ready: boolean; restartCount: number }[];
    };
    const container = containerStatuses.find((each) => each.name === userContainer);
    if (container?.ready) return { pod: metadata.name, restarts: container.restartCount };
  }
  throw new Error(`${name} has no ready pod`);
}

async function scaleRedis(replicas: number): Promise<void> {
  const redis = ["statefulset", "redis", "-n", namespace];
  await kubectl.read(["scale", ...redis, `--replicas=${replicas}`]);
  await kubectl.read(["rollout", "status", ...redis, "--timeout=90s"], { timeoutMs: 100_000 });
}

/** Gets the home page ten times a second; resolves with the statuses that are not 200. */
async function visit(seconds: number): Promise<number[]> {
  const pages: Promise<number>[] = [];
  for (let page = 0; page < seconds * 10; page += 1) {
    pages.push(new GatewayVisitor().get("/").then(({ status }) => status));
    await delay(100);
  }
  return (await Promise.all(pages)).filter((status) => status !== 200);
}

for (const name of ["productcatalogservice", "currencyservice"]) {
  test(`no page fails while the killed container of ${name} restarts`, { skip }, async () => {
    assert.equal((await new GatewayVisitor().get("/")).status, 200);
    const { pod, restarts } = await findContainer(name);
    const visits = visit(10);
    const program = ["-c", userContainer, "--", "node", "-e", killFirstProcess];
    await kubectl.read(["exec", "-n", namespace, pod, ...program], { timeoutMs: 20_000 });
    assert.deepEqual(await visits, []);
    await poll(
      async () => {
        const container = await findContainer(name, pod).catch(() => undefined);
        return container && container.restarts > restarts ? true : undefined;
      },
      () => `the container of ${name} did not restart`,
      60_000,
    );
  });
}

test("home, product and search pages are served while Redis is down", { skip }, async (t) => {
  const visitor = new GatewayVisitor();
  await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "3" });
  assert.match((await visitor.get("/")).body, /class="badge">3</);
  await scaleRedis(0);
  await servePages(t, visitor).finally(() => scaleRedis(1));
  await poll(
    async () => ((await visitor.get("/cart")).status === 200 ? true : undefined),
    () => "the cart page did not recover",
    90_000,
  );
});

async function servePages(t: TestContext, visitor: GatewayVisitor): Promise<void> {
  for (const path of ["/", "/product/6E92ZMYYFZ", "/search?q=mug", "/", "/"]) {
    const startMs = performance.now();
    const { status, body } = await visitor.get(path);
    t.diagnostic(`${path} without Redis: ${Math.round(performance.now() - startMs)} ms`);
    assert.equal(status, 200, path);
    assert.match(body, /class="cart-link"/);
    assert.doesNotMatch(body, /class="badge"/);
  }
  const cart = await visitor.get("/cart");
  assert.ok([503, 504].includes(cart.status), `the cart page answered ${cart.status}`);
}

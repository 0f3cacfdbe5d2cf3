import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runShop } from "../../../cli/fixtures/run-shop.ts";
import { poll } from "../../fixtures/poll.ts";
import {
  cluster,
  GatewayVisitor,
  kubectl,
  listFunctionPods,
  skip,
  waitForZero,
} from "../../knative/fixtures/cluster.ts";
import {
  awaitService,
  readService,
  rememberService,
  setVariable,
} from "../../knative/fixtures/service-env.ts";
import { isFull } from "../counts.ts";
import { reportFigures } from "../figures.ts";
import { describePages, titleOf } from "./fixtures/pages.ts";
import { killPods, podsOf } from "./fixtures/pods.ts";
import { warmUp } from "./fixtures/run-fault.ts";

const target = ["--namespace", cluster.namespace];
const product = "/product/6E92ZMYYFZ";

describe("a function that cannot run", { skip }, () => {
  test("shop status reports a container that is killed for its memory", async (t) => {
    // Each page calls it: responses of the cart are not kept.
    const name = "cartservice";
    t.after(await rememberService(name));
    await setVariable(name, "SHOP_FAULTS", "CartService/GetCart:leak=60Mi");
    const visitor = new GatewayVisitor();
    const statuses = new Map<number, number>();
    const lines = await poll(
      async () => {
        const { status, body } = await visitor.get("/");
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== 200) titleOf(body);
        return findStatus(name, /restarted .*OOMKilled/);
      },
      () => "shop status does not report OOMKilled",
      120_000,
    );
    const pages = await describePages(new GatewayVisitor(), ["/orders", "/health/readiness"]).catch(
      String,
    );
    reportFigures(
      t,
      "out of memory",
      `home page: ${[...statuses].map(([status, count]) => `${count} x ${status}`).join(", ")}; ${pages}; shop status: ${lines}`,
    );
  });

  test("a missing image gives a clear page and leaves the other pages alone", {
    skip: !isFull && "only in the full run",
  }, async (t) => {
    await warmUp();
    const name = "shippingservice";
    const service = await readService(name);
    t.after(async () => {
      await recreate(name, service);
      await awaitService(name);
    });
    const broken = structuredClone(service);
    const [container] = broken.spec.template.spec.containers;
    container.image = container.image.replace(/@sha256:.*|:[^/]*$/, ":none");
    await recreate(name, broken);
    const lines = await poll(
      () => findStatus(name, /ContainerMissing: Unable to fetch image .*none/),
      () => "shop status does not report the image",
      60_000,
    );
    const visitor = new GatewayVisitor();
    await visitor.post("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
    const pages = await describePages(visitor, ["/", product, "/search?q=mug", "/orders", "/cart"]);
    reportFigures(t, "image missing", `${pages}; shop status: ${lines}`);
    assert.match(
      pages,
      /GET \/ 200 .*GET \/product\/\w+ 200 .*GET \/search\?q=mug 200 .*GET \/orders 200/,
    );
    assert.match(pages, /GET \/cart 50[34] "/);
  });

  test("a page is served if the pod that it waits for dies while it starts", async (t) => {
    const name = "productcatalogservice";
    await waitForZero([name]);
    const startMs = performance.now();
    const page = new GatewayVisitor().get("/");
    await poll(
      async () => ((await listFunctionPods([name])).length > 0 ? true : undefined),
      () => `no pod of ${name} started`,
      30_000,
    );
    await killPods(podsOf(name));
    const { status, body } = await page;
    const tookMs = Math.round(performance.now() - startMs);
    const title = status === 200 ? "" : ` ${JSON.stringify(titleOf(body))}`;
    await poll(
      async () => ((await new GatewayVisitor().get("/")).status === 200 ? true : undefined),
      () => "the page is not served again",
      60_000,
    );
    const restoredMs = Math.round(performance.now() - startMs);
    const measured = `GET / ${status}${title} in ${tookMs} ms, served again after ${restoredMs} ms`;
    reportFigures(t, "pod dies while it starts", measured);
    assert.ok([200, 503, 504].includes(status), String(status));
  });
});

/** The lines of `shop status` of a function, if one of them matches. */
async function findStatus(name: string, pattern: RegExp): Promise<string | undefined> {
  const { stdout } = await runShop(["status", ...target]);
  const lines = stdout.split("\n");
  const first = lines.findIndex((line) => line.startsWith(`${name} `));
  const next = lines.findIndex((line, index) => index > first && /^\S/.test(line));
  const own = lines.slice(first, next).map((line) => line.trim());
  return own.find((line) => pattern.test(line));
}

// Without an earlier revision, which would serve instead.
async function recreate(
  name: string,
  {
    apiVersion,
    kind,
    metadata: { labels, annotations },
    spec,
  }: Awaited<ReturnType<typeof readService>>,
): Promise<void> {
  const kept = Object.entries(annotations ?? {}).filter(
    ([key]) => !/knative\.dev\/(creator|lastModifier)/.test(key),
  );
  const metadata = {
    name,
    namespace: cluster.namespace,
    labels,
    annotations: Object.fromEntries(kept),
  };
  await kubectl.read(["delete", "ksvc", name, "-n", cluster.namespace, "--wait"], {
    timeoutMs: 60_000,
  });
  const object = JSON.stringify({ apiVersion, kind, metadata, spec });
  await kubectl.read(["create", "-f", "-"], { input: object });
}

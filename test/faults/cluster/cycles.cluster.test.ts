import assert from "node:assert/strict";
import { test } from "node:test";
import { formatMs } from "#measure/format.ts";
import { quantileOf } from "#measure/quantiles.ts";
import { usedServices } from "../../fixtures/call-graph.ts";
import { poll } from "../../fixtures/poll.ts";
import {
  GatewayVisitor,
  listFunctionPods,
  type Page,
  skip,
  waitForZero,
} from "../../knative/fixtures/cluster.ts";
import { isFull } from "../counts.ts";
import { reportFigures } from "../figures.ts";

const cycles = 30;

// An order calls its function without an event only if there is no Broker.
const started = usedServices.filter((name) => name !== "emailservice");

test("no request fails while the functions scale to zero and back", {
  // zero.test.ts has one cycle.
  skip: skip || (!isFull && "only in the full run"),
}, async (t) => {
  const failures: string[] = [];
  const slowestMs: number[] = [];
  let requests = 0;
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    await waitForZero(usedServices);
    let slowMs = 0;
    // By function, because the first ones may be at zero again before the last one has started.
    const seen = new Set<string>();
    for (const [name, expected, load] of planVisit(new GatewayVisitor())) {
      requests += 1;
      const startMs = performance.now();
      const answer = await load().then(
        ({ status }) => String(status),
        (error: Error) => error.message,
      );
      slowMs = Math.max(slowMs, performance.now() - startMs);
      if (answer !== expected) failures.push(`cycle ${cycle}: ${name}: ${answer}`);
      await addStarted(seen);
    }
    slowestMs.push(slowMs);
    // The event of the order starts the last function.
    let missing: readonly string[] = [];
    await poll(
      async () => {
        await addStarted(seen);
        missing = started.filter((name) => !seen.has(name));
        return missing.length === 0 ? true : undefined;
      },
      () => `cycle ${cycle} did not start ${missing.join(", ")}: ${failures.join("; ")}`,
      60_000,
    );
  }
  const [p50, max] = [0.5, 1].map((share) => formatMs(quantileOf(slowestMs, share)));
  const slowest = `slowest request of a cycle p50 ${p50}, max ${max}`;
  const measured = `${cycles} cycles, ${requests} requests: ${failures.length} failed, ${slowest}`;
  reportFigures(t, "cycles to zero and back", measured);
  assert.deepEqual(failures, []);
});

type Step = readonly [name: string, status: string, load: () => Promise<Page>];

// Each request finds more functions at zero.
function planVisit(visitor: GatewayVisitor): readonly Step[] {
  const item = { product_id: "6E92ZMYYFZ", quantity: "1" };
  return [
    ["GET /", "200", () => visitor.get("/")],
    ["GET /product/{id}", "200", () => visitor.get(`/product/${item.product_id}`)],
    ["POST /cart", "302", () => visitor.post("/cart", item)],
    ["GET /cart", "200", () => visitor.get("/cart")],
    ["POST /cart/checkout", "200", () => visitor.order()],
  ];
}

async function addStarted(seen: Set<string>): Promise<void> {
  for (const { metadata } of await listFunctionPods()) {
    seen.add(metadata.labels?.["serving.knative.dev/service"] ?? "");
  }
}

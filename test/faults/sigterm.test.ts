import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { writeFaults } from "#backends/local-platform.ts";
import { exampleCalls, type Preparation } from "#load/example-calls.ts";
import { shopMethods } from "#load/methods.ts";
import { listFunctions } from "#manifest/manifest.ts";
import { RpcClient } from "../../bench/rpc-client.ts";
import { type LocalShop, startLocalShop } from "../fixtures/local-shop.ts";
import { poll } from "../fixtures/poll.ts";
import { countOf } from "./counts.ts";
import { reportFigures } from "./figures.ts";

const inFlight = 100;
// One with pages, one with a store, and one with effects.
const names = countOf({
  full: listFunctions(),
  short: ["frontend", "cartservice", "paymentservice"],
});

describe("SIGTERM", () => {
  let shop: LocalShop;

  before(async () => {
    // Orders that run at the same time call their dependencies at the same time.
    shop = await startLocalShop({ env: { MAX_CONCURRENT_REQUESTS: "1000" } });
  });
  after(() => shop?.close());

  for (const name of names) {
    test(`${name} answers ${inFlight} requests that are in flight`, async (t) => {
      const requests = await prepareRequests(shop, name);
      t.after(() => requests.close());
      await requests.send(0);
      // All requests have arrived before the first one is answered.
      await writeFaults(shop.platform.urls.console, name, "*:latency=1500ms");
      const target = shop.platform.function(name);
      const { pid } = target.snapshot();
      assert.ok(pid);
      const answers = Promise.allSettled(
        Array.from({ length: inFlight }, (_, index) => requests.send(index + 1)),
      );
      await poll(
        async () => (target.snapshot().inFlight === inFlight ? true : undefined),
        () => `${target.snapshot().inFlight} requests are in flight`,
      );
      const startMs = performance.now();
      process.kill(pid, "SIGTERM");
      const failures = (await answers).flatMap((answer) =>
        answer.status === "rejected" ? [String(answer.reason)] : [],
      );
      const tookMs = Math.round(performance.now() - startMs);
      assert.deepEqual(failures, []);
      await target.waitForState("crashed");
      // The platform did not send the signal, so it counts an exit that was not expected.
      assert.equal(target.snapshot().lastCrash?.message, `${name} exited with code 0`);
      await writeFaults(shop.platform.urls.console, name, "");
      await requests.sendAnew();
      const figures = `${inFlight} requests in flight, 0 failed, answered after ${tookMs} ms`;
      reportFigures(t, `SIGTERM, ${name}`, figures);
    });
  }
});

interface Requests {
  /** Sends a request, and rejects if the answer is not a success. */
  readonly send: (index: number) => Promise<unknown>;
  /** As `send`, on a new connection. */
  readonly sendAnew: () => Promise<unknown>;
  /** Closes the connections. */
  readonly close: () => void;
}

async function prepareRequests(shop: LocalShop, name: string): Promise<Requests> {
  if (name === "frontend") {
    const send = () => getHome(shop);
    return { send, sendAnew: send, close: () => undefined };
  }
  const example = exampleCalls.find(({ method }) => functionOf(method) === name);
  assert.ok(example, `${name} has an example`);
  const { method, createRequest, preparation } = example;
  const ids = Array.from({ length: inFlight + 2 }, () => randomUUID());
  if (preparation) for (const id of ids) await call(shop, preparation(id));
  const [client, { path, encode }] = [openClient(shop, name), methodOf(method)];
  const send = (index: number) => client.call(path, encode(createRequest(ids[index] ?? "")));
  const sendAnew = () => call(shop, { method, request: createRequest(ids.at(-1) ?? "") });
  return { send, sendAnew, close: () => client.close() };
}

async function call(shop: LocalShop, { method, request, preparation }: Preparation) {
  if (preparation) await call(shop, preparation);
  const client = openClient(shop, functionOf(method));
  const { path, encode } = methodOf(method);
  await client.call(path, encode(request)).finally(() => client.close());
}

function openClient(shop: LocalShop, name: string): RpcClient {
  return new RpcClient(shop.platform.function(name).port);
}

function methodOf(name: string) {
  const method = shopMethods.find((each) => each.name === name);
  assert.ok(method, name);
  return method;
}

function functionOf(method: string): string {
  return methodOf(method).functionName;
}

function getHome(shop: LocalShop): Promise<void> {
  return new Promise((resolve, reject) => {
    request(shop.platform.urls.storefront, { agent: false }, (response) => {
      response.resume().once("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`status ${response.statusCode}`));
      });
    })
      .once("error", reject)
      .end();
  });
}

import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { BackgroundWork, backgroundTimeoutMs } from "./background-work.ts";
import { createClient } from "./client.ts";
import { drainWhileWorking } from "./fixtures/drain-while-working.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { configureLog } from "./log.ts";
import { implement } from "./rpc.ts";
import { currentTraceId } from "./tracing.ts";

interface Line {
  readonly severity: string;
  readonly message: string;
  readonly trace_id?: string;
  readonly count?: number;
  readonly error?: { message: string };
}

function captureLog(t: TestContext): Line[] {
  const lines: Line[] = [];
  configureLog({ write: (line) => lines.push(JSON.parse(line)) });
  t.after(() => configureLog({ write: () => undefined }));
  return lines;
}

describe("background work", () => {
  test("is waited for, including work that is registered meanwhile", async () => {
    const work = new BackgroundWork();
    const ended: string[] = [];
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    work.waitUntil(
      first.promise.then(() => {
        ended.push("first");
        work.waitUntil(second.promise.then(() => ended.push("second")));
        setImmediate(second.resolve);
      }),
    );
    const settled = work.settle();
    setImmediate(first.resolve);
    await settled;
    assert.deepEqual(ended, ["first", "second"]);
  });

  test("is no longer waited for after the timeout, 20 s by default, which is logged", async (t) => {
    assert.equal(backgroundTimeoutMs, 20_000);
    const lines = captureLog(t);
    const work = new BackgroundWork();
    work.waitUntil(new Promise(() => undefined));
    work.waitUntil(Promise.resolve());
    await work.settle(5);
    assert.deepEqual(
      lines.map(({ severity, message, count }) => [severity, message, count]),
      [["ERROR", "background work had not ended after 5 ms", 1]],
    );
  });

  test("that rejects is logged in the trace of its request", async (t) => {
    let traceId: string | undefined;
    const server = await serveForTest({
      http: (_request, response, { waitUntil }) => {
        traceId = currentTraceId();
        waitUntil(Promise.reject(new Error("the printer failed")));
        response.end();
      },
    });
    t.after(() => server.close());
    const lines = captureLog(t);
    assert.equal((await fetch(`http://${server.address}/`)).status, 200);
    await server.drain();
    const [line] = lines;
    assert.deepEqual([line?.message, line?.trace_id], ["background work failed", traceId]);
    assert.equal(line?.error?.message, "the printer failed");
  });
});

describe("a drain waits for the background work", () => {
  const inOrder = ["answered", "work ended", "closed"];

  test("of a gRPC handler", async (t) => {
    const events = await drainWhileWorking(
      t,
      (work) => ({
        services: [
          implement(AdServiceDefinition, {
            getAds: (_request, { waitUntil }) => {
              waitUntil(work);
              return { ads: [] };
            },
          }),
        ],
      }),
      async (address) => {
        const client = createClient(AdServiceDefinition, address);
        t.after(() => client.close());
        await client.getAds({ contextKeys: [] });
      },
    );
    assert.deepEqual(events, inOrder);
  });

  test("of an HTTP handler, such as one for CloudEvents", async (t) => {
    const events = await drainWhileWorking(
      t,
      (work) => ({
        http: (_request, response, { waitUntil }) => {
          waitUntil(work);
          response.writeHead(204).end();
        },
      }),
      async (address) => assert.equal((await fetch(`http://${address}/`)).status, 204),
    );
    assert.deepEqual(events, inOrder);
  });
});

test("a call that a page started as background work is not cancelled when the page was sent", async (t) => {
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const ads = await serveForTest({
    services: [
      implement(AdServiceDefinition, {
        getAds: async () => {
          asked.resolve();
          await mayAnswer.promise;
          return { ads: [{ redirectUrl: "/", text: "late" }] };
        },
      }),
    ],
  });
  t.after(() => ads.close());
  const client = createClient(AdServiceDefinition, ads.address);
  t.after(() => client.close());
  const texts: string[] = [];
  const closed = Promise.withResolvers<void>();
  const pages = await serveForTest({
    http: (_request, response, { waitUntil }) => {
      waitUntil(
        client.getAds({ contextKeys: [] }).then((answer) => {
          texts.push(...answer.ads.map(({ text }) => text));
        }),
      );
      response.once("close", closed.resolve);
      response.end("page");
    },
  });
  t.after(() => pages.close());
  const page = await fetch(`http://${pages.address}/`);
  assert.equal(await page.text(), "page");
  await Promise.all([asked.promise, closed.promise]);
  const drained = pages.drain();
  mayAnswer.resolve();
  await drained;
  assert.deepEqual(texts, ["late"]);
});

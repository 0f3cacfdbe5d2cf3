import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { describe, type TestContext, test } from "node:test";
import { HealthCheckRequest, HealthDefinition } from "#protos/grpc/health/v1/health.ts";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "./client.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { configureLog } from "./log.ts";
import { implement } from "./rpc.ts";
import type { FunctionDefinition } from "./serve.ts";

async function serveLogged(t: TestContext, definition: FunctionDefinition, service?: string) {
  const server = await serveForTest(definition, service);
  t.after(() => server.close());
  const messages: string[] = [];
  configureLog({ write: (line) => messages.push(JSON.parse(line).message) });
  t.after(() => configureLog({ write: () => undefined }));
  return { ...server, messages };
}

// An uncaught error would end the process, and with it this test.
describe("a request that fails outside its handler", () => {
  test("is answered with 500 and logged if `untraced` throws", async (t) => {
    const server = await serveLogged(t, {
      http: (_request, response) => void response.end("ok"),
      untraced: () => assert.fail("no rule"),
    });
    const response = await fetch(`http://${server.address}/`);
    assert.deepEqual([response.status, await response.text()], [500, "internal error\n"]);
    assert.deepEqual(server.messages, ["the HTTP handler failed"]);
    await server.drain();
  });

  test("is answered although `predict` throws", async (t) => {
    const server = await serveLogged(t, {
      http: (_request, response) => void response.end("ok"),
      predict: () => assert.fail("no idea"),
    });
    for (const _attempt of [1, 2]) {
      const response = await fetch(`http://${server.address}/`);
      assert.deepEqual([response.status, await response.text()], [200, "ok"]);
    }
    await server.drain();
    assert.deepEqual(server.messages, [
      "cannot predict the next request",
      "cannot predict the next request",
    ]);
  });

  test("is answered with INTERNAL if its cold start cannot be reported", async (t) => {
    const services = [implement(AdServiceDefinition, { getAds: () => ({ ads: [] }) })];
    // A name that a header cannot contain.
    const server = await serveLogged(t, { services }, "Überservice");
    const client = createClient(AdServiceDefinition, server.address);
    t.after(() => client.close());
    await assert.rejects(client.getAds({ contextKeys: [] }), { code: "INTERNAL" });
    assert.deepEqual(await client.getAds({ contextKeys: [] }), { ads: [] });
    await server.drain();
  });

  for (const [how, service] of [
    ["does not crash the process if a health watch is open when the drain starts", ""],
    ["ends the health watch of an unknown service when the drain starts", "unknown"],
  ] as const) {
    test(how, async (t) => {
      const checking = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      const server = await serveLogged(t, {
        checkReady: () => {
          checking.resolve();
          return mayEnd.promise;
        },
      });
      const session = connect(`http://${server.address}`);
      t.after(() => session.destroy());
      const stream = session.request({
        ":method": "POST",
        ":path": `/${HealthDefinition.fullName}/Watch`,
        "content-type": "application/grpc",
        te: "trailers",
      });
      const message = HealthCheckRequest.encode({ service }).finish();
      stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
      stream.resume();
      await (service === "" ? checking.promise : once(stream, "response"));
      let status: unknown;
      stream.once("trailers", (trailers) => {
        status = trailers["grpc-status"];
      });
      const closed = once(stream, "close");
      const drained = server.drain();
      mayEnd.resolve();
      setImmediate(blockEventLoop);
      await closed;
      assert.equal(status, "0");
      await drained;
    });
  }

  test("is answered although the event loop is blocked during the drain", async (t) => {
    const called = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const getAds = async () => {
      called.resolve();
      await mayEnd.promise;
      return { ads: [] };
    };
    const server = await serveLogged(t, { services: [implement(AdServiceDefinition, { getAds })] });
    const client = createClient(AdServiceDefinition, server.address);
    t.after(() => client.close());
    const answer = client.getAds({ contextKeys: [] });
    await called.promise;
    const drained = server.drain();
    mayEnd.resolve();
    setImmediate(blockEventLoop);
    assert.deepEqual(await answer, { ads: [] });
    await drained;
  });
});

/** Three times in a row, for longer than a drain waits for requests: as on a busy machine. */
function blockEventLoop(): void {
  block();
  setTimeout(block);
  setImmediate(block);
}

function block(): void {
  const endMs = performance.now() + 60;
  while (performance.now() < endMs);
}

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { renderMetrics } from "./metrics.ts";
import { currentTraceId } from "./tracing.ts";

describe("the HTTP/1.1 side of a port", () => {
  test("is the function's handler, except for /health", async (t) => {
    const server = await serveForTest({
      http: (request, response, { setRoute }) => {
        setRoute("/hello/{name}");
        response.end(`hello ${request.url}`);
      },
    });
    t.after(() => server.close());
    const response = await fetch(`http://${server.address}/hello/you`);
    assert.equal(await response.text(), "hello /hello/you");
    const { body } = await renderMetrics();
    assert.match(
      body,
      /http_server_request_duration_seconds_count\{http_request_method="GET",http_route="\/hello\/\{name\}",http_response_status_code="200",cold="true"\} 1/,
    );
  });

  test("creates no span for untraced paths, but counts them", async (t) => {
    const traced: boolean[] = [];
    const server = await serveForTest({
      untraced: (path) => path.startsWith("/static/"),
      http: (_request, response, { setRoute }) => {
        setRoute("/seen");
        traced.push(currentTraceId() !== undefined);
        response.end();
      },
    });
    t.after(() => server.close());
    await fetch(`http://${server.address}/static/x.css`);
    await fetch(`http://${server.address}/page`);
    assert.deepEqual(traced, [false, true]);
    const { body } = await renderMetrics();
    // The first request that was traced counts as the one that waited for the cold start.
    for (const cold of [true, false]) {
      assert.ok(body.includes(`http_response_status_code="200",cold="${cold}"} 1`));
    }
  });

  test("answers 404 if the function has no HTTP handler", async (t) => {
    const server = await serveForTest({});
    t.after(() => server.close());
    const response = await fetch(`http://${server.address}/cart`);
    assert.equal(response.status, 404);
    assert.match(await response.text(), /this function: it accepts gRPC/);
  });

  test("answers 500 without internals when the handler fails", async (t) => {
    const server = await serveForTest({ http: () => Promise.reject(new Error("hunter2")) });
    t.after(() => server.close());
    const response = await fetch(`http://${server.address}/`);
    assert.equal(response.status, 500);
    assert.equal(await response.text(), "internal error\n");
  });

  test("allows GET and HEAD on /health only", async (t) => {
    const server = await serveForTest({});
    t.after(() => server.close());
    const response = await fetch(`http://${server.address}/health/readiness`, { method: "POST" });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
  });

  test("is detected although the first bytes arrive one by one", async (t) => {
    const server = await serveForTest({ http: (_request, response) => void response.end("ok") });
    t.after(() => server.close());
    const socket = connect(server.port, "127.0.0.1").setNoDelay();
    t.after(() => socket.destroy());
    // "PR" could still become HTTP/2's preface.
    for (const part of ["P", "R", "OPFIND / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"]) {
      await new Promise<void>((resolve) => socket.write(part, () => setImmediate(resolve)));
    }
    const [head] = await once(socket, "data");
    assert.match(String(head), /^HTTP\/1\.1 200 OK/);
  });

  test("answers another protocol with 400 and accepts further connections", async (t) => {
    const server = await serveForTest({ http: (_request, response) => void response.end("ok") });
    t.after(() => server.close());
    const socket = connect(server.port, "127.0.0.1");
    t.after(() => socket.destroy());
    socket.write("\x16\x03\x01 not for here\r\n\r\n");
    const [head] = await once(socket, "data");
    assert.match(String(head), /^HTTP\/1\.1 400/);
    assert.equal((await fetch(`http://${server.address}/`)).status, 200);
  });
});

test("a drain finishes running requests, rejects new ones and closes the function last", async (t) => {
  const started = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const events: string[] = [];
  const server = await serveForTest({
    http: async (_request, response) => {
      started.resolve();
      await mayEnd.promise;
      events.push("answered");
      response.end("done");
    },
    close: () => void events.push("closed"),
  });
  t.after(() => server.close());
  const running = request({ port: server.port, host: "127.0.0.1" }).end();
  await started.promise;
  const drained = server.drain();
  await assert.rejects(fetch(`http://${server.address}/`));
  mayEnd.resolve();
  const [response] = await once(running, "response");
  assert.equal(response.statusCode, 200);
  response.resume();
  await drained;
  assert.deepEqual(events, ["answered", "closed"]);
});

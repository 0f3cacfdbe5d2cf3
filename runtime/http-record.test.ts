import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { HttpHandler } from "./answer-http.ts";
import { serveForTest } from "./fixtures/serve-for-test.ts";
import { configureLog } from "./log.ts";
import { renderMetrics } from "./metrics.ts";
import { StatusError } from "./status.ts";

const endless = Buffer.alloc(64 * 1024 * 1024);

interface Visit {
  readonly port: number;
  /** The handler runs. */
  readonly started: Promise<void>;
  /** The span of the request, once it was recorded. */
  readonly recorded: Promise<ReadableSpan>;
  readonly predicted: string[];
  readonly severities: string[];
}

/** Serves pages whose handler is given, for one visit. */
async function servePages(t: TestContext, route: string, handler: HttpHandler): Promise<Visit> {
  const started = Promise.withResolvers<void>();
  const recorded = Promise.withResolvers<ReadableSpan>();
  const predicted: string[] = [];
  const server = await serveForTest({
    http: (incoming, response, context) => {
      context.setRoute(route);
      const span = trace.getActiveSpan() as unknown as ReadableSpan;
      response.once("close", () => setImmediate(() => recorded.resolve(span)));
      started.resolve();
      return handler(incoming, response, context);
    },
    predict: (_method, path) => {
      predicted.push(path);
      return [];
    },
  });
  t.after(() => server.close());
  const severities: string[] = [];
  configureLog({ write: (line) => severities.push(JSON.parse(line).severity) });
  t.after(() => configureLog({ write: () => undefined }));
  return {
    port: server.port,
    started: started.promise,
    recorded: recorded.promise,
    predicted,
    severities,
  };
}

async function countRequests(route: string): Promise<Record<string, number>> {
  const { body } = await renderMetrics();
  const line = new RegExp(
    `^http_server_request_duration_seconds_count\\{.*http_route="${route}",http_response_status_code="(\\d+)".*\\} (\\d+)$`,
    "gm",
  );
  return Object.fromEntries([...body.matchAll(line)].map(([, code = "", n]) => [code, Number(n)]));
}

function askAndLeave(port: number) {
  const sent = request({ port, host: "127.0.0.1" }).on("error", () => undefined);
  sent.end();
  return sent;
}

describe("an HTTP request whose client disconnects before the response is complete", () => {
  test("counts as 499, is not an error of the server, and predicts nothing", async (t) => {
    const visit = await servePages(t, "/silent", () => undefined);
    const sent = askAndLeave(visit.port);
    await visit.started;
    sent.destroy();
    const { attributes, status } = await visit.recorded;
    assert.deepEqual(await countRequests("/silent"), { "499": 1 });
    assert.equal(attributes["http.response.status_code"], 499);
    assert.equal(status.code, SpanStatusCode.UNSET);
    assert.deepEqual(visit.predicted, []);
  });

  test("counts as 499 after a part of the response, too", async (t) => {
    const visit = await servePages(t, "/endless", (_request, response) => {
      response.end(endless);
    });
    const sent = askAndLeave(visit.port);
    await once(sent, "response");
    sent.destroy();
    const { attributes } = await visit.recorded;
    assert.deepEqual(await countRequests("/endless"), { "499": 1 });
    assert.equal(attributes["http.response.status_code"], 499);
    assert.deepEqual(visit.predicted, []);
  });

  test("is not an error if the handler rejects because of that", async (t) => {
    const failed = Promise.withResolvers<void>();
    const visit = await servePages(t, "/given-up", async (_request, response) => {
      await once(response, "close");
      setImmediate(failed.resolve);
      throw new StatusError("CANCELLED", "the caller cancelled");
    });
    const sent = askAndLeave(visit.port);
    await visit.started;
    sent.destroy();
    const { status, attributes } = await visit.recorded;
    await failed.promise;
    assert.equal(status.code, SpanStatusCode.UNSET);
    assert.equal(attributes["error.type"], undefined);
    assert.deepEqual(visit.severities, ["INFO"]);
  });
});

test("a complete response keeps its status although the client closes at once", async (t) => {
  const visit = await servePages(t, "/whole", (_request, response) => {
    response.end("page");
  });
  const response = await fetch(`http://127.0.0.1:${visit.port}/`, {
    headers: { connection: "close" },
  });
  assert.equal(await response.text(), "page");
  await visit.recorded;
  assert.deepEqual(await countRequests("/whole"), { "200": 1 });
  assert.deepEqual(visit.predicted, ["/"]);
});

test("a response that the handler aborts is an error of the server, not 499", async (t) => {
  const visit = await servePages(t, "/broken", (_request, response) => {
    response.write("half a p");
    throw new Error("out of ink");
  });
  await assert.rejects(fetch(`http://127.0.0.1:${visit.port}/`).then((page) => page.text()));
  const { status } = await visit.recorded;
  assert.deepEqual(await countRequests("/broken"), { "200": 1 });
  assert.equal(status.code, SpanStatusCode.ERROR);
  assert.deepEqual(visit.predicted, []);
});

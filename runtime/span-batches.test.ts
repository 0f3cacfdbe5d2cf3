import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { configureLog } from "./log.ts";
import { renderMetrics } from "./metrics.ts";
import { createBatches } from "./span-batches.ts";

/** A tracer whose spans go to a collector that answers in the given way. */
async function traceTo(t: TestContext, answer: RequestListener) {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/v2/spans`;
  const provider = new TracerProvider({
    spanProcessors: [createBatches(new ZipkinExporter({ url }))],
  });
  const lines: string[] = [];
  configureLog({ write: (line) => lines.push(JSON.parse(line).message) });
  const tracer = provider.getTracer("test");
  const end = (count: number) => {
    for (let index = 0; index < count; index += 1) tracer.startSpan("span").end();
  };
  return { end, flush: () => provider.forceFlush().catch(() => undefined), lines };
}

async function count(metric: string, errorType?: string): Promise<number> {
  const label = errorType === undefined ? "" : `\\{error_type="${errorType}"\\}`;
  const { body } = await renderMetrics();
  return Number(new RegExp(`^otel_sdk_${metric}_total${label} (\\d+)$`, "m").exec(body)?.[1] ?? 0);
}

test("spans that the collector refuses are counted, and logged once until it accepts them", async (t) => {
  let status = 503;
  const { end, flush, lines } = await traceTo(t, (_request, response) => {
    response.writeHead(status).end();
  });
  for (const size of [3, 4]) {
    end(size);
    await flush();
  }
  assert.equal(await count("exporter_span_exported", "503"), 7);
  status = 202;
  end(5);
  await flush();
  assert.equal(await count("exporter_span_exported"), 5);
  assert.equal(await count("processor_span_processed"), 5);
  assert.deepEqual(lines, [
    "the collector does not accept spans: they are lost",
    "the collector accepts spans again",
  ]);
});

test("spans are counted if the connection to the collector breaks", async (t) => {
  const { end, flush } = await traceTo(t, (request) => request.socket.destroy());
  end(2);
  await flush();
  assert.equal(await count("exporter_span_exported", "ECONNRESET"), 2);
});

test("spans are counted that a collector does not answer, or that do not fit into the queue", async (t) => {
  const { end, flush } = await traceTo(t, () => undefined);
  end(10_000);
  assert.ok((await count("processor_span_processed", "queue_full")) > 0);
  await flush();
  const lost = () => count("exporter_span_exported", "TimeoutError");
  await t.waitFor(async () => assert.ok((await lost()) > 8000), { timeout: 10_000 });
});

for (const [title, answer] of [
  ["no answer", () => undefined],
  ["a head alone", (_request, response) => response.writeHead(202).flushHeaders()],
] as const satisfies [string, RequestListener][]) {
  test(`a request to the collector with ${title} is ended, so that none stay open`, async (t) => {
    const sockets = new Set<Socket>();
    const { end, flush } = await traceTo(t, (request, response) => {
      const { socket } = request;
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      answer(request, response);
    });
    end(3);
    await flush();
    end(3);
    await flush();
    await t.waitFor(() => assert.equal(sockets.size, 0), { timeout: 5000 });
  });
}

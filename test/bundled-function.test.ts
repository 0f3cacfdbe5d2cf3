import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { Client, compressionAlgorithms, credentials, Metadata } from "@grpc/grpc-js";
import { functionsFolder } from "#manifest/manifest.ts";
import { ListRecommendationsRequest, ListRecommendationsResponse } from "#protos/hipstershop.ts";
import { nodeFlags } from "../bundle/node-flags.ts";
import { poll } from "./fixtures/poll.ts";

interface Span {
  readonly localEndpoint: { readonly serviceName: string };
  readonly name: string;
}

test("bundled functions unpack gzip, resolve names, serve metrics and export spans", async (t) => {
  const { url, spans } = await collectSpans(t);
  const catalog = await startBundle(t, "productcatalogservice", url);
  const { port, metricsPort } = await startBundle(t, "recommendationservice", url, {
    // A name, which grpc-js resolves with the deferred module dns.
    PRODUCT_CATALOG_SERVICE_ADDR: `localhost:${catalog.port}`,
  });

  const { productIds } = await listRecommendations(t, port);
  assert.ok(productIds.length > 0);
  assert.ok(!productIds.includes("OLJCESPC7Z"));

  const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  assert.match(metrics, /^rpc_server_duration_seconds_count\{.*ListRecommendations.*\} 1$/m);
  // Of the default metrics, which are loaded at the first scrape.
  assert.match(metrics, /^process_resident_memory_bytes \d+/m);

  await poll(
    () => {
      const services = spans.map(({ localEndpoint }) => localEndpoint.serviceName);
      const names = ["productcatalogservice", "recommendationservice"];
      return Promise.resolve(names.every((name) => services.includes(name)) || undefined);
    },
    () => `spans of both functions: there are ${spans.map(({ name }) => name).join(", ")}`,
    20_000,
  );
});

async function collectSpans(t: TestContext): Promise<{ url: string; spans: readonly Span[] }> {
  const spans: Span[] = [];
  const server = createServer(async (request, response) => {
    spans.push(...((await json(request)) as Span[]));
    response.writeHead(202).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.after(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api/v2/spans`, spans };
}

async function startBundle(
  t: TestContext,
  name: string,
  zipkinUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ port: number; metricsPort: number }> {
  const child: ChildProcess = fork(join(functionsFolder, name, "dist", "index.cjs"), {
    execArgv: [...nodeFlags],
    env: {
      ...env,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: zipkinUrl,
      HOST: "127.0.0.1",
      PORT: "0",
      METRICS_PORT: "0",
      LOG_LEVEL: "error",
    },
  });
  t.after(() => child.kill("SIGKILL"));
  const [ready] = await once(child, "message", { signal: AbortSignal.timeout(30_000) });
  return ready as { port: number; metricsPort: number };
}

async function listRecommendations(
  t: TestContext,
  port: number,
): Promise<ListRecommendationsResponse> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.default_compression_algorithm": compressionAlgorithms.gzip,
  });
  t.after(() => client.close());
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      "/hipstershop.RecommendationService/ListRecommendations",
      (message: ListRecommendationsRequest) =>
        Buffer.from(ListRecommendationsRequest.encode(message).finish()),
      (bytes) => ListRecommendationsResponse.decode(bytes),
      { userId: "u", productIds: ["OLJCESPC7Z"] },
      new Metadata(),
      { deadline: Date.now() + 20_000 },
      (error, value) => (error || !value ? reject(error) : resolve(value)),
    );
  });
}

import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { before, describe, test } from "node:test";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { jaegerSource } from "#backends/jaeger.ts";
import { localSource } from "#backends/local-platform.ts";
import { AdServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { isFailed, type TraceSpan } from "#traces/span.ts";
import { poll } from "./fixtures/poll.ts";
import { recordRequest, underTrace } from "./fixtures/recorded-request.ts";
import { startZipkin } from "./fixtures/zipkin-server.ts";

// JAEGER_URL is Jaeger's query API, which accepts spans on the default ports of the same host. ZIPKIN_URL
// is a running Zipkin, or ZIPKIN_JAR its executable jar.
const { JAEGER_URL, ZIPKIN_URL, ZIPKIN_JAR } = process.env;
const missing = [
  ...(JAEGER_URL ? [] : ["JAEGER_URL (Jaeger's query API)"]),
  ...(ZIPKIN_URL || ZIPKIN_JAR ? [] : ["ZIPKIN_URL or ZIPKIN_JAR (zipkin-server's exec jar)"]),
];
const skip = missing.length > 0 && `it needs ${missing.join(" and ")}`;

describe("one request, sent through every protocol", { skip }, () => {
  let recorded: readonly ReadableSpan[] = [];
  let atZipkin: TraceSpan[] = [];
  let jaegerByZipkin: TraceSpan[] = [];
  let jaegerByOtlp: TraceSpan[] = [];

  before(async () => {
    const zipkin = ZIPKIN_URL ? { url: ZIPKIN_URL, close } : await startZipkin(ZIPKIN_JAR ?? "");
    const jaeger = new URL(JAEGER_URL ?? "");
    const endpoint = (port: number, path: string) => `http://${jaeger.hostname}:${port}${path}`;
    const [first, second] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
    try {
      recorded = await recordRequest();
      await Promise.all([
        send(new ZipkinExporter({ url: `${zipkin.url}/api/v2/spans` }), first),
        send(new ZipkinExporter({ url: endpoint(9411, "/api/v2/spans") }), first),
        send(new OTLPTraceExporter({ url: endpoint(4318, "/v1/traces") }), second),
      ]);
      const { readTrace } = jaegerSource(jaeger.origin);
      atZipkin = await readAll("Zipkin", () => localSource(zipkin.url).readTrace(first));
      jaegerByZipkin = await readAll("Jaeger's Zipkin port", () => readTrace(first));
      jaegerByOtlp = await readAll("Jaeger's OTLP port", () => readTrace(second));
    } finally {
      await zipkin.close();
    }
  });

  function send(exporter: SpanExporter, traceId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      exporter.export(underTrace(recorded, traceId), ({ error }) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  function readAll(name: string, ask: () => Promise<TraceSpan[]>): Promise<TraceSpan[]> {
    let count = 0;
    const askOnce = async () => {
      const spans = await ask().catch(() => []);
      count = spans.length;
      return count >= recorded.length ? spans : undefined;
    };
    return poll(askOnce, () => `${name} has ${count} of ${recorded.length} spans`);
  }

  test("contains a page, client and server spans of two calls, two store reads, and a boot", () => {
    assert.equal(jaegerByOtlp.filter(({ kind }) => kind === "server").length, 3);
    assert.equal(jaegerByOtlp.filter(isFailed).length, 2);
    assert.ok(jaegerByOtlp.some(({ name }) => name === "faas.boot"));
    assert.equal(jaegerByOtlp.length, recorded.length);
  });

  test("is the same in Jaeger over Zipkin's protocol and over OTLP", () => {
    assert.deepEqual(jaegerByZipkin.map(essence).sort(byId), jaegerByOtlp.map(essence).sort(byId));
    assertSameTimes(jaegerByZipkin, jaegerByOtlp);
  });

  test("is the same in Zipkin, except for names in lower case", () => {
    const lower = ({ name, ...rest }: Essence) => ({ ...rest, name: name.toLowerCase() });
    assert.deepEqual(
      atZipkin.map(essence).sort(byId),
      jaegerByOtlp.map(essence).map(lower).sort(byId),
    );
    assertSameTimes(atZipkin, jaegerByOtlp);
  });
});

function close(): Promise<void> {
  return Promise.resolve();
}

type Essence = ReturnType<typeof essence>;

// Each format has its own place for these: the process's attributes, the kind, the instrumentation
// scope, and the error.
const ownPlace = /^(service\.|span\.kind$|otel\.|error$)/;

function essence(span: TraceSpan) {
  const { id, parentId, service, name, kind, tags } = span;
  const rest = Object.entries(tags).filter(([tag]) => !ownPlace.test(tag));
  const attributes = Object.fromEntries(rest.sort());
  return { id, parentId, service, name, kind, isFailed: isFailed(span), attributes };
}

function byId(a: { id: string }, b: { id: string }): number {
  return a.id < b.id ? -1 : 1;
}

// Zipkin's times are rounded to microseconds, while Jaeger truncates OTLP's nanoseconds.
function assertSameTimes(some: readonly TraceSpan[], others: readonly TraceSpan[]): void {
  for (const span of some) {
    const other = others.find(({ id }) => id === span.id);
    assert.ok(other && Math.abs(span.startUs - other.startUs) <= 1, `start of ${span.name}`);
    assert.ok(Math.abs(span.durationUs - other.durationUs) <= 1, `duration of ${span.name}`);
  }
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: object }[] };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

test("a bundled function sends its spans by OTLP if configured, and none by Zipkin", async (t) => {
  const bodies: { path: string | undefined; body: OtlpRequest }[] = [];
  const collector = createServer(async (request, response) => {
    bodies.push({ path: request.url, body: (await json(request)) as OtlpRequest });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  t.after(() => collector.close());
  const url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const bundle = join(import.meta.dirname, "..", "functions", "adservice", "dist", "index.cjs");
  const child = fork(bundle, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      ...{ HOST: "127.0.0.1", PORT: "0", METRICS_PORT: "0", OTEL_TRACES_EXPORTER: "otlp" },
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `${url}/zipkin`,
    },
  });
  t.after(() => child.kill("SIGKILL"));
  const [ready] = (await once(child, "message")) as [{ port: number }];
  const client = createClient(AdServiceDefinition, `127.0.0.1:${ready.port}`);
  t.after(() => client.close());
  await client.getAds({ contextKeys: ["clothing"] });
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
  assert.deepEqual([...new Set(bodies.map(({ path }) => path))], ["/v1/traces"]);
  const sent = bodies.flatMap(({ body }) => body.resourceSpans);
  assert.deepEqual(sent[0]?.resource.attributes.find(({ key }) => key === "service.name")?.value, {
    stringValue: "adservice",
  });
  const names = sent.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
  );
  assert.ok(names.includes("hipstershop.AdService/GetAds"), names.join());
  assert.ok(names.includes("faas.boot"), names.join());
});

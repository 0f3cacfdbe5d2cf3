import { subscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import { createNoopMeter, type Meter } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import { EndedSpan } from "./ended-span.ts";
import { log } from "./log.ts";
import { counter } from "./metrics.ts";

// OpenTelemetry's names, in the form of Prometheus. Without the label error_type they count successes.
const exported = counter({
  name: "otel_sdk_exporter_span_exported_total",
  help: "Spans that were sent to the collector; with error_type those that it did not accept.",
  labels: ["error_type"],
});
const processed = counter({
  name: "otel_sdk_processor_span_processed_total",
  help: "Spans that left the queue of the exporter; with error_type those that were lost.",
  labels: ["error_type"],
});

const exportTimeoutMs = 2000;

/** Creates the queue of an exporter, which sends spans in batches. Spans that are lost are counted. */
export function createBatches(exporter: SpanExporter): SpanProcessor {
  return new CompactBatches({
    exporter: new CountingExporter(exporter),
    // Short, so that a trace is complete soon after its request.
    scheduledDelayMillis: 500,
    exportTimeoutMillis: exportTimeoutMs,
    maxQueueSize: 8192,
    maxExportBatchSize: 512,
    selfObsMeterProvider: { getMeter: () => countingMeter },
  });
}

class CompactBatches extends BatchSpanProcessor {
  override onEnd(span: ReadableSpan): void {
    super.onEnd(new EndedSpan(span));
  }
}

// The processor has one counter, and gauges of its queue, which are not needed.
const countingMeter: Meter = Object.create(createNoopMeter(), {
  createCounter: {
    value: () => ({
      add: (value: number, attributes: Readonly<Record<string, unknown>>) => {
        const errorType = attributes["error.type"];
        processed.inc(errorType === undefined ? {} : { error_type: String(errorType) }, value);
      },
    }),
  },
});

/** Counts the spans that an exporter sends, and logs its first failure and the end of the failures. */
class CountingExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  #lost = 0;

  constructor(inner: SpanExporter) {
    this.#inner = inner;
  }

  /** Sends spans; fails if the collector does not answer in time, for which not all exporters have a limit. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    let isDone = false;
    const end = (result: ExportResult) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      this.#record(spans.length, result);
      done(result);
    };
    const late = new DOMException(`no answer within ${exportTimeoutMs} ms`, "TimeoutError");
    const expire = () => {
      end({ code: ExportResultCode.FAILED, error: late });
      // Otherwise one connection for each batch would stay open while the collector hangs.
      request?.destroy();
    };
    // Before the processor gives up, which would not count these spans.
    const timer = setTimeout(expire, exportTimeoutMs - 100);
    const request = findRequest(() => this.#inner.export(spans, end));
  }

  /** Sends what the exporter has queued itself. */
  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.();
  }

  /**
   * Ends the exporter. Its own requests are not awaited: those of the processor's last batches have ended or
   * are late, and Zipkin's exporter waits for a collector that hangs without a limit.
   */
  async shutdown(): Promise<void> {
    this.#inner.shutdown().catch(() => undefined);
  }

  #record(count: number, { code, error }: ExportResult): void {
    if (code === ExportResultCode.SUCCESS) {
      exported.inc({}, count);
      if (this.#lost > 0) log.info("the collector accepts spans again", { lost_spans: this.#lost });
      this.#lost = 0;
      return;
    }
    exported.inc({ error_type: errorTypeOf(error) }, count);
    if (this.#lost === 0) log.warn("the collector does not accept spans: they are lost", { error });
    this.#lost += count;
  }
}

// Subscribed for good: each change of a channel's subscribers makes V8 discard optimized code.
let onRequest: ((request: ClientRequest) => void) | undefined;
subscribe("http.client.request.created", (message) => {
  onRequest?.((message as { request: ClientRequest }).request);
});

// Exporters do not expose their requests. Zipkin's sends its request at once.
function findRequest(send: () => void): ClientRequest | undefined {
  let found: ClientRequest | undefined;
  onRequest = (request) => {
    found = request;
  };
  send();
  onRequest = undefined;
  return found;
}

// A small set of values, as labels need: the HTTP status, the system's error code, or the error's name.
function errorTypeOf(error: Error | undefined): string {
  const [, status] = /status code\D*(\d{3})$/.exec(error?.message ?? "") ?? [];
  if (status !== undefined) return status;
  if (error && "code" in error && typeof error.code === "string") return error.code;
  return error?.name ?? "_OTHER";
}

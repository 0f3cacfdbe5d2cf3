import { build, type Histogram } from "hdr-histogram-js";

/** The outcome of one request. */
export interface PageOutcome {
  /** The kind of page, such as `GET /product/{id}`. */
  readonly page: string;
  /** Path and query of the request; undefined if the caller does not need it. */
  readonly path?: string;
  /** Milliseconds until the last byte of the body, or until the failure. */
  readonly latencyMs: number;
  /** The size of the body. */
  readonly bodyBytes: number;
  /** The reason of a failure; undefined for a success. */
  readonly error: string | undefined;
  /** The HTTP status; undefined without a response. */
  readonly status?: number;
  /** The Server-Timing header. */
  readonly serverTiming?: string | undefined;
}

interface PageRecord {
  readonly latencyUs: Histogram;
  errorCount: number;
  bodyBytes: number;
}

/**
 * Collects outcomes. Latencies are kept in microseconds with three significant digits, so that
 * memory does not grow with the number of requests.
 */
export class Recorder {
  readonly #pages = new Map<string, PageRecord>();
  readonly #total = createRecord();
  readonly #errors = new Map<string, { page: string; reason: string; count: number }>();

  /** Adds an outcome. */
  record(outcome: PageOutcome): void {
    const page = this.#pages.get(outcome.page) ?? createRecord();
    this.#pages.set(outcome.page, page);
    addTo(page, outcome);
    addTo(this.#total, outcome);
    if (outcome.error !== undefined) this.#countError(outcome.page, outcome.error);
  }

  /** The result of all pages, named `total`. */
  total() {
    return summarize("total", this.#total);
  }

  /** A result per page, by name. */
  pages() {
    return [...this.#pages]
      .map(([page, record]) => summarize(page, record))
      .sort((a, b) => (a.page < b.page ? -1 : 1));
  }

  /** Failed requests per page and reason, such as `status 503`, most frequent first. */
  errors() {
    return [...this.#errors.values()].sort((a, b) => b.count - a.count);
  }

  #countError(page: string, reason: string): void {
    const key = `${page}\n${reason}`;
    const error = this.#errors.get(key) ?? { page, reason, count: 0 };
    error.count++;
    this.#errors.set(key, error);
  }
}

function createRecord(): PageRecord {
  return { latencyUs: build({ numberOfSignificantValueDigits: 3 }), errorCount: 0, bodyBytes: 0 };
}

function addTo(record: PageRecord, { latencyMs, error, bodyBytes }: PageOutcome): void {
  record.latencyUs.recordValue(Math.max(0, Math.round(latencyMs * 1000)));
  record.bodyBytes += bodyBytes;
  if (error !== undefined) record.errorCount++;
}

/** The requests of one kind of page, or of all; latencies in milliseconds, 0 without requests. */
export type PageResult = ReturnType<typeof summarize>;

function summarize(page: string, { latencyUs, errorCount, bodyBytes }: PageRecord) {
  const count = latencyUs.totalCount;
  return { page, count, errorCount, latencyMs: summarizeLatency(latencyUs), bodyBytes };
}

function summarizeLatency(histogram: Histogram) {
  if (histogram.totalCount === 0) return { min: 0, mean: 0, p50: 0, p90: 0, p99: 0, max: 0 };
  // A percentile is the upper end of its bucket, which can be above the maximum.
  const at = (percentile: number) =>
    Math.min(histogram.getValueAtPercentile(percentile), histogram.maxValue) / 1000;
  return {
    min: at(0),
    mean: Math.round(histogram.mean) / 1000,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    max: histogram.maxValue / 1000,
  };
}

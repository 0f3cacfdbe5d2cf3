import { type Spread, spreadOf } from "#measure/quantiles.ts";
import type { ZipkinSpan } from "#traces/zipkin.ts";

/** The functions that keep an order's journal, ledger and shipment. */
const recorders: ReadonlySet<string> = new Set([
  "checkoutservice",
  "paymentservice",
  "shippingservice",
]);

/** What the records of an order take of its POST. */
export interface OrderWrites {
  /** Orders whose traces were read. */
  readonly orderCount: number;
  /** Milliseconds in the stores of journal, ledger and shipments. */
  readonly ms: Spread;
  /** Their share of the POST's time in the storefront. */
  readonly share: Spread;
}

const maxOrders = 200;

/** Reads from the last orders' traces how long the customer waits for journal, ledger and shipment. */
export async function readOrderWrites(consoleUrl: string): Promise<OrderWrites> {
  const query = new URLSearchParams({
    ...{ serviceName: "frontend", spanName: "POST /cart/checkout", limit: String(maxOrders) },
  });
  const response = await fetch(new URL(`/api/v2/traces?${query}`, consoleUrl));
  return summarizeWrites((await response.json()) as ZipkinSpan[][]);
}

/** Sums the spans of stores that start before the POST is answered, trace by trace. */
export function summarizeWrites(traces: readonly (readonly ZipkinSpan[])[]): OrderWrites {
  const samples = traces.flatMap((spans) => {
    const post = spans.find(
      ({ name, kind }) => name === "POST /cart/checkout" && kind === "SERVER",
    );
    if (!post) return [];
    const { timestamp: startUs = 0, duration: postUs = 0 } = post;
    const writesUs = spans
      .filter(
        ({ localEndpoint, tags, timestamp = 0 }) =>
          tags?.["db.system.name"] !== undefined &&
          recorders.has(localEndpoint?.serviceName ?? "") &&
          timestamp < startUs + postUs,
      )
      .reduce((sum, { duration = 0 }) => sum + duration, 0);
    return [{ ms: writesUs / 1000, share: writesUs / postUs }];
  });
  return {
    orderCount: samples.length,
    ms: spreadOf(samples.map(({ ms }) => ms)),
    share: spreadOf(samples.map(({ share }) => share)),
  };
}

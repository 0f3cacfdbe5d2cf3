import * as fc from "fast-check";
import { anyEdits, anyText, applyEdits } from "../bytes.ts";
import { callGrpc, frameMessage } from "../call-grpc.ts";
import { defineTarget } from "../target.ts";
import { sendRequest } from "./requests.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const examples: readonly (readonly [name: string, value: string])[] = [
  ["traceparent", `00-${traceId}-${spanId}-01`],
  ["tracestate", "a=1,b@c=2"],
  ["b3", `${traceId}-${spanId}-1-${spanId}`],
  ["b3", "0"],
  ["x-b3-traceid", traceId],
  ["x-b3-spanid", spanId],
  ["x-b3-parentspanid", spanId],
  ["x-b3-sampled", "1"],
  ["x-b3-flags", "1"],
  ["baggage", "a=1;p,b=%20"],
];

const anyTraceHeader = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.oneof(
      { weight: 2, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: anyEdits },
      anyText,
    ),
  )
  .map(([[name, value], change]) => {
    if (change === undefined) return [name, value] as const;
    const text = typeof change === "string" ? change : applyEdits(value, change);
    return [name, Buffer.from(text).toString("latin1")] as const;
  });

/** traceparent, tracestate, B3 in one header and in several, baggage: by HTTP and by gRPC. */
export const traceHeadersTarget = defineTarget({
  name: "trace-headers",
  weight: 8,
  input: fc.record({
    to: fc.constantFrom("frontend", "emailservice", "currencyservice", "adservice"),
    headers: fc.array(anyTraceHeader, { maxLength: 6 }),
  }),
  send: ({ to, headers }, shop) => {
    if (to === "frontend" || to === "emailservice") {
      const path = to === "frontend" ? "/product-meta/OLJCESPC7Z" : "/";
      return sendRequest(shop, to, { method: "GET", path, headers, body: "" });
    }
    // Node.js sends only printable characters in headers of HTTP/2.
    const printable = headers.map(([name, value]) => [
      name,
      value.replaceAll(/[^\x20-\x7e]/g, "?"),
    ]);
    const path =
      to === "adservice"
        ? "/hipstershop.AdService/GetAds"
        : "/hipstershop.CurrencyService/GetSupportedCurrencies";
    return callGrpc(shop, to, {
      ...{ path, body: frameMessage(Buffer.alloc(0)), headers: Object.fromEntries(printable) },
    });
  },
});

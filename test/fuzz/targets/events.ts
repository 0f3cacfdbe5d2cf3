import * as fc from "fast-check";
import { exampleCalls } from "#load/example-calls.ts";
import { orderPlaced, prewarm } from "#protos/events.ts";
import { anyBytes, anyEdits, anyText, applyEdits } from "../bytes.ts";
import { anyJsonEdits, applyJsonEdits } from "../json.ts";
import { defineTarget } from "../target.ts";
import { anyHeader, sendRequest } from "./requests.ts";

const confirmation = exampleCalls
  .find(({ method }) => method === "EmailService/SendOrderConfirmation")
  ?.createRequest("0d1c8c3a-2f67-4c3b-8f0e-5b0a9d1f7e22");

const event = {
  ...{ specversion: "1.0", id: "1", source: "/checkoutservice", type: orderPlaced.type },
  ...{ datacontenttype: "application/json", subject: "1", time: "2026-01-01T00:00:00Z" },
  ...{ knativeerrorcode: "500", knativeerrordest: "http://a/", data: confirmation },
};

const anyEvent = fc
  .record({
    type: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(orderPlaced.type, prewarm.type) },
      anyText,
    ),
    id: fc.oneof(fc.uuid(), anyText),
    edits: anyJsonEdits,
  })
  .map(({ type, id, edits }) => applyJsonEdits({ ...event, type, id }, edits));

// The event in structured mode, or in binary mode with its attributes as headers.
const anyMessage = fc
  .record({
    event: anyEvent,
    isBinary: fc.boolean(),
    edits: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, anyEdits),
  })
  .map(({ event, isBinary, edits }) => {
    const isObject = typeof event === "object" && event !== null;
    if (!isBinary || !isObject) {
      const body = applyEdits(JSON.stringify(event) ?? "", edits);
      return { headers: [["content-type", "application/cloudevents+json"] as const], body };
    }
    const { data, datacontenttype, ...attributes } = event as Record<string, unknown>;
    const headers = Object.entries(attributes)
      .filter(([name]) => /^[\w-]+$/.test(name))
      .map(
        ([name, value]) => [`ce-${name}`, Buffer.from(toText(value)).toString("latin1")] as const,
      );
    const type = [
      "content-type",
      toText(datacontenttype ?? "").replaceAll(/[^\x20-\x7e]/g, ""),
    ] as const;
    return { headers: [...headers, type], body: applyEdits(JSON.stringify(data) ?? "", edits) };
  });

function toText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** CloudEvents in both modes, right and wrong, to their receivers and to the local platform's broker. */
export const eventsTarget = defineTarget({
  name: "events",
  weight: 8,
  // A content type that no header can carry: the broker delivers events in binary mode.
  found: ["é", "\n"].map((datacontenttype) => ({
    to: "console" as const,
    message: {
      headers: [["content-type", "application/cloudevents+json"] as const],
      body: JSON.stringify({ ...event, type: prewarm.type, datacontenttype }),
    },
    other: [],
    encoding: [],
  })),
  input: fc.record({
    to: fc.constantFrom("emailservice", "checkoutservice", "console"),
    message: anyMessage,
    other: anyHeader(
      "content-type",
      fc.oneof(fc.constantFrom("text/plain", "application/cloudevents-batch+json"), anyBytes(10)),
    ),
    encoding: anyHeader("content-encoding", fc.constantFrom("gzip", "br")),
  }),
  send: ({ to, message: { headers, body }, other, encoding }, shop) =>
    sendRequest(shop, to, {
      ...{ method: "POST", path: to === "console" ? "/events" : "/", body },
      headers: [...(other.length > 0 ? [] : headers), ...other, ...encoding],
    }),
});

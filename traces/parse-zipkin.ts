import type { ZipkinSpan } from "./zipkin.ts";

/** What was sent are no spans; the message says what is wrong and where. */
export class SpanError extends Error {}

/**
 * Checks a list of spans in Zipkin's JSON v2 format and brings ids to their usual form.
 *
 * @throws SpanError naming the first span that is wrong
 */
export function parseSpans(text: string): ZipkinSpan[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SpanError("the body is no JSON");
  }
  if (!Array.isArray(value)) throw new SpanError("the body is no JSON list of spans");
  return value.map((span: unknown, index) => parseSpan(span, (what) => `span ${index}: ${what}`));
}

/** A trace id in the form that all ids are compared in: 32 digits, or 16 without leading zeros. */
export function normalizeTraceId(traceId: string): string {
  const lower = traceId.toLowerCase();
  return lower.length > 16 ? lower.padStart(32, "0") : lower.padStart(16, "0");
}

function parseSpan(value: unknown, at: (what: string) => string): ZipkinSpan {
  if (!isRecord(value)) throw new SpanError(at("is no object"));
  const { traceId, id, parentId, kind, tags } = value;
  if (!isHex(traceId, 32)) throw new SpanError(at("traceId is not 1 to 32 hexadecimal digits"));
  if (!isHex(id, 16)) throw new SpanError(at("id is not 1 to 16 hexadecimal digits"));
  if (parentId !== undefined && parentId !== null && !isHex(parentId, 16)) {
    throw new SpanError(at("parentId is not 1 to 16 hexadecimal digits"));
  }
  for (const name of ["timestamp", "duration"] as const) {
    if (value[name] !== undefined && !isMicroseconds(value[name])) {
      throw new SpanError(at(`${name} is not a whole number of microseconds`));
    }
  }
  if (tags !== undefined && !isRecord(tags)) throw new SpanError(at("tags is no object"));
  return {
    ...value,
    traceId: normalizeTraceId(traceId),
    id: id.toLowerCase().padStart(16, "0"),
    parentId: isHex(parentId, 16) ? parentId.toLowerCase().padStart(16, "0") : undefined,
    name: typeof value.name === "string" ? share(value.name) : undefined,
    kind: isKind(kind) ? kind : undefined,
    timestamp: Number(value.timestamp ?? 0),
    duration: Number(value.duration ?? 0),
    localEndpoint: parseEndpoint(value.localEndpoint),
    remoteEndpoint: parseEndpoint(value.remoteEndpoint),
    tags: Object.fromEntries(
      Object.entries(tags ?? {}).map(([key, tag]) => [key, share(String(tag))]),
    ),
  };
}

function parseEndpoint(value: unknown): { serviceName?: string } | undefined {
  if (!isRecord(value)) return undefined;
  const { serviceName } = value;
  if (typeof serviceName !== "string") return { ...value, serviceName: undefined };
  return { ...value, serviceName: share(serviceName.toLowerCase()) };
}

// Names, services and most tags repeat in thousands of spans: each text is kept in memory once.
const shared = new Map<string, string>();
const mostShared = 10_000;

function share(text: string): string {
  const known = shared.get(text);
  if (known !== undefined) return known;
  // Texts that are all different, such as ids: those that repeat are soon known again.
  if (shared.size >= mostShared) shared.clear();
  shared.set(text, text);
  return text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, mostDigits: number): value is string {
  return typeof value === "string" && value.length <= mostDigits && /^[0-9a-fA-F]+$/.test(value);
}

function isMicroseconds(value: unknown): boolean {
  // An int64 in Zipkin's API: collectors in Go refuse fractions, so this one does too.
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isKind(value: unknown): value is NonNullable<ZipkinSpan["kind"]> {
  return value === "CLIENT" || value === "SERVER" || value === "PRODUCER" || value === "CONSUMER";
}

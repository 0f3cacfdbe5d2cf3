import type { ZipkinSpan } from "./zipkin.ts";

/** A text is not a list of spans; the message has the first wrong span and its error. */
export class SpanError extends Error {}

/**
 * Reads and checks a list of spans in Zipkin's JSON v2 format; ids get their normal form.
 *
 * @throws SpanError for the first wrong span
 */
export function parseSpans(text: string): ZipkinSpan[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SpanError("the body is not JSON");
  }
  if (!Array.isArray(value)) throw new SpanError("the body is not a JSON list of spans");
  return value.map((span: unknown, index) => parseSpan(span, (what) => `span ${index}: ${what}`));
}

// More than any field of Zipkin's format has: an annotation in a list has two.
const maxLevels = 8;

function isDeep(value: unknown, levels = maxLevels): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  // Without a list of all entries, since each span passes here.
  for (const key in value) {
    if (isDeep((value as Record<string, unknown>)[key], levels - 1)) return true;
  }
  return false;
}

/** The form of a trace id in which ids are compared: 32 lower-case digits, or 16 if that is enough. */
export function normalizeTraceId(traceId: string): string {
  const lower = traceId.toLowerCase();
  return lower.length > 16 ? lower.padStart(32, "0") : lower.padStart(16, "0");
}

function parseSpan(value: unknown, at: (what: string) => string): ZipkinSpan {
  if (!isRecord(value)) throw new SpanError(at("is not an object"));
  if (isDeep(value)) throw new SpanError(at(`has more than ${maxLevels} levels`));
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
  if (tags !== undefined && !isRecord(tags)) throw new SpanError(at("tags is not an object"));
  // In place: nobody else has the parsed JSON.
  for (const key in tags) {
    const tag = tags[key];
    if (typeof tag === "object")
      throw new SpanError(at(`tag ${JSON.stringify(key)} is not a text`));
    tags[key] = share(String(tag));
  }
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
    tags: (tags ?? {}) as Record<string, string>,
  };
}

function parseEndpoint(value: unknown): { serviceName?: string } | undefined {
  if (!isRecord(value)) return undefined;
  const { serviceName } = value;
  if (typeof serviceName !== "string") return { ...value, serviceName: undefined };
  return { ...value, serviceName: share(serviceName.toLowerCase()) };
}

// Names, services and most tags repeat in thousands of spans: each text is in memory once.
const shared = new Map<string, string>();
const maxShared = 10_000;

// Longer texts, such as messages of errors, do not repeat.
const maxSharedLength = 200;

function share(text: string): string {
  if (text.length > maxSharedLength) return text;
  const known = shared.get(text);
  if (known !== undefined) return known;
  // Full of texts that do not repeat, such as ids; those that do are soon shared again.
  if (shared.size >= maxShared) shared.clear();
  shared.set(text, text);
  return text;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHex(value: unknown, maxDigits: number): value is string {
  return typeof value === "string" && value.length <= maxDigits && /^[0-9a-fA-F]+$/.test(value);
}

function isMicroseconds(value: unknown): boolean {
  // An int64 in Zipkin's API. Collectors in Go reject fractions, so this one does too.
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isKind(value: unknown): value is NonNullable<ZipkinSpan["kind"]> {
  return value === "CLIENT" || value === "SERVER" || value === "PRODUCER" || value === "CONSUMER";
}

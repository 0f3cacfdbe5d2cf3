import type { TraceQuery, TraceStore } from "./store.ts";

/** What a request is answered with. */
export interface ApiAnswer {
  /** The HTTP status. */
  status: number;
  /** A value that is sent as JSON, or a sentence that is sent as text. */
  body: unknown;
}

/**
 * Answers Zipkin's read API, version 2, in its shapes and with its defaults.
 *
 * @param path what follows `/api/v2`, such as `/traces`
 * @returns undefined for a path that the API does not have
 */
export function answerZipkin(
  store: TraceStore,
  path: string,
  query: URLSearchParams,
  nowMs: number,
): ApiAnswer | undefined {
  try {
    return answer(store, path, query, nowMs);
  } catch (error) {
    if (error instanceof QueryError) return { status: 400, body: error.message };
    throw error;
  }
}

class QueryError extends Error {}

const defaultLimit = 10;
const mostLimit = 1000;
const defaultLookbackMs = 24 * 3_600_000;

function answer(
  store: TraceStore,
  path: string,
  query: URLSearchParams,
  nowMs: number,
): ApiAnswer | undefined {
  const [, route = "", id = "", ...more] = path.split("/");
  if (route === "trace" && id !== "" && more.length === 0) return answerTrace(store, id);
  if (id !== "" || more.length > 0) return undefined;
  switch (route) {
    case "services":
      return { status: 200, body: store.serviceNames() };
    case "spans":
      return { status: 200, body: store.spanNames(requireService(query)) };
    case "remoteServices":
      return { status: 200, body: store.remoteServiceNames(requireService(query)) };
    case "traces":
      return {
        status: 200,
        body: store.find(readTraceQuery(query, nowMs)).map(({ spans }) => spans),
      };
    case "traceMany":
      return answerTraces(store, query);
    case "dependencies": {
      const { fromUs = 0, untilUs = 0 } = readTimeRange(query, nowMs);
      return { status: 200, body: store.dependencies(fromUs, untilUs).map(withoutNoErrors) };
    }
    case "autocompleteKeys":
      return { status: 200, body: [] };
    default:
      return undefined;
  }
}

function answerTrace(store: TraceStore, id: string): ApiAnswer {
  if (!isTraceId(id)) return { status: 400, body: `${id} is no trace id: expected hex digits` };
  const trace = store.get(id);
  return trace
    ? { status: 200, body: trace.spans }
    : {
        status: 404,
        body: `trace ${id} is not known: it never came, or was given up for newer ones`,
      };
}

function answerTraces(store: TraceStore, query: URLSearchParams): ApiAnswer {
  const ids = (query.get("traceIds") ?? "").split(",").filter((id) => id !== "");
  if (ids.length === 0) throw new QueryError("traceIds is missing: expected ids with commas");
  const wrong = ids.find((id) => !isTraceId(id));
  if (wrong !== undefined) throw new QueryError(`${wrong} is no trace id: expected hex digits`);
  const traces = ids.map((id) => store.get(id)).filter((trace) => trace !== undefined);
  return { status: 200, body: traces.map(({ spans }) => spans) };
}

function isTraceId(id: string): boolean {
  return /^[0-9a-fA-F]{1,32}$/.test(id);
}

// Zipkin leaves a count of no errors out.
function withoutNoErrors({ errorCount, ...link }: { errorCount: number }): object {
  return errorCount > 0 ? { ...link, errorCount } : link;
}

function requireService(query: URLSearchParams): string {
  const name = query.get("serviceName");
  if (!name) throw new QueryError("serviceName is missing");
  return name.toLowerCase();
}

function readTraceQuery(query: URLSearchParams, nowMs: number): TraceQuery {
  return {
    ...readTimeRange(query, nowMs),
    serviceName: optional(query.get("serviceName")?.toLowerCase()),
    spanName: optional(query.get("spanName")),
    minDurationUs: readNumber(query, "minDuration"),
    maxDurationUs: readNumber(query, "maxDuration"),
    tags: readAnnotationQuery(query.get("annotationQuery") ?? ""),
    limit: Math.min(mostLimit, readNumber(query, "limit") ?? defaultLimit),
  };
}

function optional(text: string | null | undefined): string | undefined {
  return text === null || text === "" || text === "all" ? undefined : text;
}

// `endTs` and `lookback` are milliseconds, durations are microseconds: so Zipkin has it. Zipkin requires
// `endTs` for dependencies; here it is the present everywhere, so that a bare `curl` gets an answer.
function readTimeRange(
  query: URLSearchParams,
  nowMs: number,
): Pick<TraceQuery, "fromUs" | "untilUs"> {
  const lookbackMs = readNumber(query, "lookback") ?? defaultLookbackMs;
  const untilMs = readNumber(query, "endTs") ?? nowMs;
  return { fromUs: (untilMs - lookbackMs) * 1000, untilUs: untilMs * 1000 };
}

function readNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new QueryError(`${name} is ${JSON.stringify(text)}: expected a whole number above zero`);
  }
  return Number(text);
}

// `error and http.path=/cart`: tags with or without a value.
function readAnnotationQuery(text: string): Record<string, string> {
  const terms = text.split(" and ").filter((term) => term.trim() !== "");
  return Object.fromEntries(
    terms.map((term) => {
      const [key = "", ...value] = term.trim().split("=");
      return [key, value.join("=")];
    }),
  );
}

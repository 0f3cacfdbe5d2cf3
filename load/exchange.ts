import { type Agent, type IncomingMessage, request } from "node:http";

/** A request over HTTP/1.1 as it goes out. */
export interface ExchangeRequest {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Milliseconds until the whole body must be there. */
  readonly timeoutMs: number;
  /** Cuts the request off. */
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

/** An answer with its whole body. */
export interface ExchangeResponse {
  readonly status: number;
  readonly location: string | undefined;
  readonly setCookies: readonly string[];
  /** The cold starts on the way (W3C Server Timing). */
  readonly serverTiming: string | undefined;
  readonly body: string;
  readonly bodyBytes: number;
  /** Whether the request went out twice. */
  readonly isResent: boolean;
}

/** No answer came; the reason is `timeout`, `interrupted` or the code of the system's error. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/**
 * Sends a request and reads the answer. Like a browser, it sends a GET once more when the server
 * has closed the idle connection that it went out on (RFC 9110 section 9.2.2).
 *
 * @throws ExchangeError when there is no answer in time.
 */
export async function exchange(outgoing: ExchangeRequest): Promise<ExchangeResponse> {
  const timeout = AbortSignal.timeout(outgoing.timeoutMs);
  const signal = AbortSignal.any([outgoing.signal, timeout]);
  try {
    const first = { wasStale: false };
    const answer = await send(outgoing, signal, first).catch((error) => {
      if (first.wasStale && outgoing.method === "GET" && !signal.aborted) return undefined;
      throw error;
    });
    if (answer) return { ...answer, isResent: false };
    return { ...(await send(outgoing, signal, { wasStale: false })), isResent: true };
  } catch (error) {
    throw new ExchangeError(reasonOf(error, timeout, outgoing.signal), { cause: error });
  }
}

type Answer = Omit<ExchangeResponse, "isResent">;

function send(
  { url, method, headers, body, agent }: ExchangeRequest,
  signal: AbortSignal,
  attempt: { wasStale: boolean },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent, signal }, (response) => {
      readAnswer(response).then(resolve, reject);
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      attempt.wasStale = outgoing.reusedSocket && error.code === "ECONNRESET";
      reject(error);
    });
    outgoing.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    setCookies: response.headers["set-cookie"] ?? [],
    serverTiming: response.headers["server-timing"]?.toString(),
    body: body.toString("utf8"),
    bodyBytes: body.length,
  };
}

function reasonOf(error: unknown, timeout: AbortSignal, interrupt: AbortSignal): string {
  if (interrupt.aborted) return "interrupted";
  if (timeout.aborted) return "timeout";
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

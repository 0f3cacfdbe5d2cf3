import { type Agent, type IncomingMessage, request } from "node:http";

interface ExchangeRequest {
  readonly url: URL;
  /** Only a GET is sent again. */
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Milliseconds until the last byte of the response must arrive. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly agent: Agent;
}

/** A response with its body. */
export type ExchangeResponse = Awaited<ReturnType<typeof exchange>>;

/** The error for a request without a response. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  /** `timeout`, `interrupted` or the code of the system error. */
  readonly reason: string;
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.reason = reason;
  }
}

/**
 * Sends a request and reads the response. Like a browser, it sends a GET again if the server closed
 * the idle connection that was used (RFC 9110 section 9.2.2); the response then `isResent`.
 *
 * @throws ExchangeError if there is no response in time
 */
export async function exchange(outgoing: ExchangeRequest) {
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

type Answer = Awaited<ReturnType<typeof readAnswer>>;

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

async function readAnswer(response: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return {
    status: response.statusCode ?? 0,
    location: response.headers.location,
    setCookies: response.headers["set-cookie"] ?? [],
    /** It lists cold starts. */
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

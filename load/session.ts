import { Agent } from "node:http";
import { ExchangeError, type ExchangeResponse, exchange } from "./exchange.ts";
import { hiddenFieldsOf } from "./hidden-fields.ts";
import type { LoadOptions } from "./options.ts";
import { hasPageMarker, pageNameOf } from "./page.ts";
import type { PageOutcome } from "./recorder.ts";
import type { PageRequest } from "./scenario.ts";

/** The options of all sessions of a run. */
export interface SessionOptions extends Pick<LoadOptions, "url" | "hostHeader" | "timeoutMs"> {
  /** Sends a request; by default over a connection of the session. */
  readonly exchange?: typeof exchange;
  /** Creates further headers for each request, such as a trace context. */
  readonly extraHeaders?: () => Readonly<Record<string, string>>;
  /** Cancels the request in flight. */
  readonly signal: AbortSignal;
  /** Whether another request may be sent; called, and counted, before each. */
  readonly mayRequest: () => boolean;
  /** Receives the outcome of each request. */
  readonly onOutcome: (outcome: PageOutcome) => void;
  /** Called when a GET was sent again on a new connection. */
  readonly onResend: () => void;
  /** Called when the signal cancelled a request. */
  readonly onAbandon: () => void;
}

/** More consecutive redirects than this are a loop. */
const maxRedirects = 5;

/** One user's browser: a connection, cookies that are kept between pages, and the current page. */
export class Session {
  readonly #options: SessionOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #cookies = new Map<string, string>();
  #page = "";

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Sends the requests one after the other and follows redirects, each of which is a page. It stops
   * at the first failure.
   *
   * @param intendedAtMs when the first was due (`performance.now`): its latency is measured from then
   */
  async perform(requests: readonly PageRequest[], intendedAtMs: number): Promise<void> {
    let sinceMs: number | undefined = intendedAtMs;
    for (const request of requests) {
      if (!(await this.#visit(request, sinceMs))) return;
      sinceMs = undefined;
    }
  }

  /** The body of the last response; empty before the first one. */
  get page(): string {
    return this.#page;
  }

  /** Closes the connection. */
  close(): void {
    this.#agent.destroy();
  }

  async #visit(request: PageRequest, intendedAtMs: number | undefined): Promise<boolean> {
    let next: PageRequest | undefined = request;
    let sinceMs = intendedAtMs;
    for (let hops = 0; next !== undefined; hops++) {
      if (!this.#options.mayRequest()) return false;
      const outcome = await this.#load(next, sinceMs ?? performance.now(), hops);
      if (outcome === undefined) return false;
      this.#options.onOutcome(outcome);
      if (outcome.error !== undefined) return false;
      next = outcome.redirect;
      sinceMs = undefined;
    }
    return true;
  }

  async #load(
    request: PageRequest,
    sinceMs: number,
    hops: number,
  ): Promise<(PageOutcome & { redirect: PageRequest | undefined }) | undefined> {
    const { path } = request;
    const page = pageNameOf(request.method, path);
    try {
      const response = await this.#exchange(request);
      const latencyMs = performance.now() - sinceMs;
      const redirect = this.#redirectOf(request, response);
      const error = judge(request, response, redirect, hops);
      const { bodyBytes, status, serverTiming } = response;
      return { page, path, latencyMs, bodyBytes, error, status, serverTiming, redirect };
    } catch (error) {
      if (!(error instanceof ExchangeError)) throw error;
      if (error.reason === "interrupted") {
        this.#options.onAbandon();
        return undefined;
      }
      const latencyMs = performance.now() - sinceMs;
      return { page, path, latencyMs, bodyBytes: 0, error: error.reason, redirect: undefined };
    }
  }

  async #exchange({ method, path, form }: PageRequest): Promise<ExchangeResponse> {
    const { url, timeoutMs, signal, exchange: send = exchange } = this.#options;
    const response = await send({
      url: new URL(path, url),
      method,
      headers: this.#headersFor(form),
      body: form && this.#encode(path, form),
      timeoutMs,
      signal,
      agent: this.#agent,
    });
    if (response.isResent) this.#options.onResend();
    this.#keepCookies(response.setCookies);
    this.#page = response.body;
    return response;
  }

  /** Adds the hidden fields of the current page's form, such as the request id of an order. */
  #encode(path: string, form: NonNullable<PageRequest["form"]>): string {
    return new URLSearchParams({ ...hiddenFieldsOf(this.#page, path), ...form }).toString();
  }

  #headersFor(form: PageRequest["form"]): Record<string, string> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    return {
      accept: "text/html",
      "user-agent": "hipster-shop-load",
      ...(this.#options.hostHeader !== null && { host: this.#options.hostHeader }),
      ...(cookie !== "" && { cookie }),
      ...this.#options.extraHeaders?.(),
      ...(form && { "content-type": "application/x-www-form-urlencoded" }),
    };
  }

  /** The shop's cookies have no path but `/`, so name and value are enough. */
  #keepCookies(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (name === "") continue;
      if (/;\s*max-age=(0|-\d+)\s*(;|$)/i.test(line)) this.#cookies.delete(name.trim());
      else this.#cookies.set(name.trim(), value);
    }
  }

  #redirectOf(request: PageRequest, { status, location }: ExchangeResponse) {
    if (status < 300 || status >= 400 || location === undefined) return undefined;
    const base = new URL(request.path, this.#options.url);
    const target = URL.parse(location, base.href);
    const isOurs = target?.origin === base.origin || target?.host === this.#options.hostHeader;
    if (!target || !isOurs) return undefined;
    const path = `${target.pathname}${target.search}`;
    return { method: "GET" as const, path, form: undefined, expects: request.expects };
  }
}

/** The reason why a response is a failure; undefined for a success. */
function judge(
  request: PageRequest,
  { status, body }: ExchangeResponse,
  redirect: PageRequest | undefined,
  hops: number,
): string | undefined {
  if (status >= 400) return `status ${status}`;
  if (redirect) return hops < maxRedirects ? undefined : "too many redirects";
  if (status !== 200) return `status ${status} without a location in the shop`;
  if (!hasPageMarker(pageNameOf(request.method, request.path), body))
    return "not the expected page";
  const { expects } = request;
  if (expects === undefined) return undefined;
  const isFound = typeof expects === "string" ? body.includes(expects) : expects.test(body);
  return isFound ? undefined : `no ${expects} on it`;
}

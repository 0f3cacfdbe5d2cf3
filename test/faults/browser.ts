import type { PageOutcome } from "#load/recorder.ts";
import type { PageRequest } from "#load/scenario.ts";
import { Session, type SessionOptions } from "#load/session.ts";

/** The address of a storefront and the time that a request may take. */
export type Site = Pick<SessionOptions, "url" | "hostHeader" | "timeoutMs">;

/** A browser with one visitor's cookies, which follows redirects. */
export class Browser {
  readonly #session: Session;
  #outcomes: PageOutcome[] = [];

  /** Opens a browser; `onOutcome` receives the outcome of each request. */
  constructor(site: Site, onOutcome: (outcome: PageOutcome) => void = () => undefined) {
    this.#session = new Session({
      ...site,
      signal: new AbortController().signal,
      mayRequest: () => true,
      onOutcome: (outcome) => {
        this.#outcomes.push(outcome);
        onOutcome(outcome);
      },
      onResend: () => undefined,
      onAbandon: () => undefined,
    });
  }

  /** The body of the last response. */
  get page(): string {
    return this.#session.page;
  }

  /** The heading and the sentence of the last response, which say what happened. */
  get explanation(): string {
    const find = (pattern: RegExp) => pattern.exec(this.page)?.[1] ?? "";
    const heading = find(/<h1[^>]*>(.*?)<\/h1>/s);
    const sentence = find(/<p class="(?:lead|notice)"[^>]*>(.*?)<\/p>/s);
    return `${heading}. ${sentence}`.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");
  }

  /** Loads a page; returns the outcomes of the request and of the redirects that followed. */
  async get(path: string): Promise<Visited> {
    return this.#send({ method: "GET", path, form: undefined, expects: undefined });
  }

  /** Sends a form. */
  async post(path: string, form: Readonly<Record<string, string>>): Promise<Visited> {
    return this.#send({ method: "POST", path, form, expects: undefined });
  }

  /** Closes the connection. */
  close(): void {
    this.#session.close();
  }

  async #send(request: PageRequest): Promise<Visited> {
    this.#outcomes = [];
    const startMs = performance.now();
    await this.#session.perform([request], startMs);
    const { path = "", status = 0, error } = this.#outcomes.at(-1) ?? {};
    const isSent = this.#outcomes[0]?.error === undefined;
    return { path, status, error, isSent, tookMs: performance.now() - startMs };
  }
}

/** The page that a request led to. */
export interface Visited {
  /** Its path. */
  readonly path: string;
  /** Its HTTP status; 0 without a response. */
  readonly status: number;
  /** Why it failed; undefined for a success. */
  readonly error: string | undefined;
  /** Whether the request itself succeeded, if a page that it redirected to failed. */
  readonly isSent: boolean;
  /** Milliseconds from the request until the last byte of the page. */
  readonly tookMs: number;
}

import { createOrderForm } from "#load/order-form.ts";
import { type PageRequest, trackingNumber } from "#load/scenario.ts";
import { Session } from "#load/session.ts";
import { createRandom } from "#measure/random.ts";
import { RawHttp } from "../raw-http.ts";

/** The measured pages. */
export const pageNames = ["home", "homeInEur", "product", "cart"] as const;

/** A measured page. */
export type PageName = (typeof pageNames)[number];

const timeoutMs = 20_000;
const orderSeed = 18;
const [product, secondProduct] = ["OLJCESPC7Z", "6E92ZMYYFZ"] as const;

const pages: Readonly<Record<PageName, PageRequest>> = {
  home: get("/", /\$\d/),
  // UTF-8 that was decoded as Latin-1.
  homeInEur: get("/", /\u00e2\u0082\u00ac\d/),
  product: get(`/product/${product}`, product),
  cart: get("/cart", secondProduct),
};

/**
 * A visitor of any shop with Online Boutique's pages: loads pages with two products in the cart, and places
 * orders in a session of its own. Images and scripts are not loaded.
 */
export class Visitor {
  readonly #url: string;
  readonly #connectionCount: number;
  #http: RawHttp | undefined;
  readonly #random = createRandom(orderSeed);
  readonly #sessions: Readonly<Record<"dollars" | "euros" | "orders", Session>>;
  #failure: string | undefined;

  /**
   * Opens the connections, fills the cart and loads each page once.
   *
   * @param connectionCount requests at the same time
   * @throws Error if a page is not the expected one
   */
  static async open(url: string, connectionCount: number): Promise<Visitor> {
    const visitor = new Visitor(url, connectionCount);
    try {
      await visitor.connect();
      const { dollars, euros } = visitor.#sessions;
      await visitor.#perform(euros, post("/setCurrency", { currency_code: "EUR" }));
      for (const id of [product, secondProduct]) {
        await visitor.#perform(dollars, post("/cart", { product_id: id, quantity: "1" }, id));
      }
      for (const page of pageNames) await visitor.load(page);
      return visitor;
    } catch (error) {
      visitor.close();
      throw error;
    }
  }

  private constructor(url: string, connectionCount: number) {
    this.#url = url;
    this.#connectionCount = connectionCount;
    const exchange: RawHttp["exchange"] = (outgoing) =>
      this.#http?.exchange(outgoing) ?? Promise.reject(new Error("not connected"));
    const createSession = () =>
      new Session({
        ...{ url, hostHeader: null, timeoutMs, exchange },
        signal: new AbortController().signal,
        mayRequest: () => true,
        onOutcome: ({ page, error }) => {
          if (error !== undefined) this.#failure ??= `${page} of ${url}: ${error}`;
        },
        onResend: () => undefined,
        onAbandon: () => undefined,
      });
    this.#sessions = { dollars: createSession(), euros: createSession(), orders: createSession() };
  }

  /** Opens new connections: a shop closes those that were idle while another one was measured. */
  async connect(): Promise<void> {
    this.#http?.close();
    this.#http = await RawHttp.open(this.#url, this.#connectionCount, timeoutMs);
  }

  /**
   * Loads a page to its last byte.
   *
   * @throws Error if it is not that page
   */
  async load(page: PageName): Promise<void> {
    const { dollars, euros } = this.#sessions;
    await this.#perform(page === "homeInEur" ? euros : dollars, pages[page]);
  }

  /**
   * Adds a product to the cart and sends the order form, hidden fields included.
   *
   * @returns milliseconds from the POST until the page after the redirect, if there is one, is complete
   * @throws Error if the order is not placed
   */
  async order(): Promise<number> {
    const { orders } = this.#sessions;
    await this.#perform(orders, post("/cart", { product_id: product, quantity: "1" }, product));
    const form = createOrderForm(this.#random, new Date());
    const startMs = performance.now();
    await this.#perform(orders, post("/cart/checkout", form, trackingNumber));
    return performance.now() - startMs;
  }

  /** Closes all connections. */
  close(): void {
    for (const session of Object.values(this.#sessions)) session.close();
    this.#http?.close();
  }

  async #perform(session: Session, request: PageRequest): Promise<void> {
    await session.perform([request], performance.now());
    if (this.#failure !== undefined) throw new Error(this.#failure);
  }
}

function get(path: string, expects: PageRequest["expects"]): PageRequest {
  return { method: "GET", path, form: undefined, expects };
}

function post(
  path: string,
  form: PageRequest["form"],
  expects?: PageRequest["expects"],
): PageRequest {
  return { method: "POST", path, form, expects };
}

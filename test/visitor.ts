import { randomUUID } from "node:crypto";

/** Somebody with a browser's cookies, on the storefront. */
export class Visitor {
  readonly #storefront: string;
  readonly sessionId = randomUUID();

  constructor(storefrontUrl: string) {
    this.#storefront = storefrontUrl;
  }

  /** GETs a page; redirects are answered as they come. */
  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(new URL(path, this.#storefront), {
      headers: { cookie: this.#cookies(), ...headers },
      redirect: "manual",
    });
  }

  /** POSTs a form. */
  post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(new URL(path, this.#storefront), {
      method: "POST",
      headers: { cookie: this.#cookies(), ...headers },
      body: new URLSearchParams(form),
      redirect: "manual",
    });
  }

  #cookies(): string {
    return `shop_session-id=${this.sessionId}; shop_currency=EUR`;
  }
}

/** An order form that nothing is wrong with. */
export const orderForm = {
  email: "someone@example.com",
  street_address: "1600 Amphitheatre Parkway",
  zip_code: "94043",
  city: "Mountain View",
  state: "CA",
  country: "United States",
  credit_card_number: "4432801561520454",
  credit_card_expiration_month: "1",
  credit_card_expiration_year: String(new Date().getFullYear() + 1),
  credit_card_cvv: "672",
};

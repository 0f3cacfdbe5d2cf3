import type { Money } from "#protos/hipstershop.ts";

/** An amount in US dollars. */
export const usd = (units: bigint, nanos: number): Money => ({ currencyCode: "USD", units, nanos });

/** A valid address. */
export const address = {
  streetAddress: "1600 Amphitheatre Parkway",
  city: "Mountain View",
  state: "CA",
  country: "United States",
  zipCode: 94043,
};

/** A valid card. */
export const card = {
  creditCardNumber: "4432-8015-6152-0454",
  creditCardCvv: 672,
  creditCardExpirationYear: new Date().getFullYear() + 1,
  creditCardExpirationMonth: 1,
};

/** Online Boutique's prices, by product id. */
export const prices: Record<string, Money> = {
  OLJCESPC7Z: usd(19n, 990_000_000),
  "66VCHSJNUP": usd(18n, 990_000_000),
  "1YMWWN1N4O": usd(109n, 990_000_000),
  L9ECAV7KIM: usd(89n, 990_000_000),
  "2ZYFJ3GM2N": usd(24n, 990_000_000),
  "0PUK6V6EV0": usd(18n, 990_000_000),
  LS4PSXUNUM: usd(18n, 490_000_000),
  "9SIQT8TOJO": usd(5n, 490_000_000),
  "6E92ZMYYFZ": usd(8n, 990_000_000),
};

/** An amount with two decimals, truncated as pages show it. */
export function cents({ units, nanos }: Money): string {
  return `${units}.${String(Math.trunc(nanos / 10_000_000)).padStart(2, "0")}`;
}

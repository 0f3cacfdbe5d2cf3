import type { Address, ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { limitText, requireMessage, requireText } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { countPieces, quoteShipping } from "./quote.ts";
import { createTrackingId } from "./tracking-id.ts";

/** What the service works with. */
export interface ShippingDependencies {
  /** A number from 0 up to but not including 1 at every call. */
  readonly random: () => number;
}

const shipments = counter({ name: "shop_shipments_total", help: "Orders shipped." });
const shippedItems = counter({ name: "shop_items_shipped_total", help: "Pieces shipped." });

/** Answers ShippingService. A quote needs no address, as a cart is quoted before it has one. */
export function createShippingService({
  random,
}: ShippingDependencies): Handlers<ShippingServiceDefinition> {
  return {
    getQuote: ({ items }) => ({ costUsd: quoteShipping(countPieces(items)) }),
    shipOrder: ({ address, items }) => {
      const destination = checkAddress(requireMessage(address, "address"));
      const pieces = countPieces(items);
      const trackingId = createTrackingId(destination, random);
      shipments.inc();
      shippedItems.inc({}, pieces);
      log.info("order shipped", { tracking_id: trackingId, items: pieces });
      return { trackingId };
    },
  };
}

// Twice what the storefront's form takes for a street.
const maxFieldLength = 1024;

function checkAddress(address: Address): Address {
  requireText(address.streetAddress, "address.street_address", maxFieldLength);
  requireText(address.city, "address.city", maxFieldLength);
  limitText(address.state, "address.state", maxFieldLength);
  limitText(address.country, "address.country", maxFieldLength);
  return address;
}

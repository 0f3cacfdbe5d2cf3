import type { Address, ShippingServiceDefinition } from "#protos/hipstershop.ts";
import { limitText, requireMessage, requireText } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { countPieces, quoteShipping } from "./quote.ts";
import { createTrackingId } from "./tracking-id.ts";

const shipments = counter({ name: "shop_shipments_total", help: "Shipped orders." });
const shippedItems = counter({ name: "shop_items_shipped_total", help: "Shipped pieces." });

/**
 * The handlers of the shipping service. A quote needs no address: the cart page has none.
 *
 * @param random returns a number from 0 to below 1
 */
export function createShippingService(random: () => number): Handlers<ShippingServiceDefinition> {
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

// Twice the limit of the storefront's form for a street.
const maxFieldLength = 1024;

function checkAddress(address: Address): Address {
  requireText(address.streetAddress, "address.street_address", maxFieldLength);
  requireText(address.city, "address.city", maxFieldLength);
  limitText(address.state, "address.state", maxFieldLength);
  limitText(address.country, "address.country", maxFieldLength);
  return address;
}

import type { Address, ShippingServiceDefinition } from "#protos/hipstershop.ts";
import type { CachePolicy } from "#runtime/cache-policy.ts";
import { invalid, limitText, quote, requireMessage, requireText } from "#runtime/check-input.ts";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { isUuid } from "#runtime/name-based-id.ts";
import type { Handlers } from "#runtime/rpc.ts";
import { countPieces, quoteShipping, versionOfRates } from "./quote.ts";
import type { Shipments } from "./shipments.ts";
import { createTrackingId } from "./tracking-id.ts";

const shippedOrders = counter({ name: "shop_shipments_total", help: "Shipped orders." });
const shippedItems = counter({ name: "shop_items_shipped_total", help: "Shipped pieces." });
const cancelledShipments = counter({
  name: "shop_shipments_cancelled_total",
  help: "Shipped orders whose shipment was cancelled.",
});

// The rates of a process never change, so that a page may be a minute late only after a release.
const maxAgeS = 5;
const staleWhileRevalidateS = 55;

/**
 * The handlers of the shipping service. A quote needs no address, since the cart page has none, and clients may use it
 * again for a while.
 *
 * @param random returns a number from 0 to below 1
 */
export function createShippingService(
  shipments: Shipments,
  random: () => number,
): Handlers<ShippingServiceDefinition> {
  let policy: CachePolicy | undefined;
  return {
    getQuote: ({ items }, context) => {
      const costUsd = quoteShipping(countPieces(items));
      // Created by the first request, so that it does not delay a cold start.
      policy ??= { maxAgeS, staleWhileRevalidateS, etag: versionOfRates() };
      context.allowCaching(policy);
      return { costUsd };
    },
    shipOrder: async ({ address, items, shipmentId }) => {
      const destination = checkAddress(requireMessage(address, "address"));
      const pieces = countPieces(items);
      const createId = () => createTrackingId(destination, random);
      const { trackingId, isNew } = await ship(shipments, shipmentId, createId);
      if (isNew) {
        shippedOrders.inc();
        shippedItems.inc({}, pieces);
        log.info("order shipped", { tracking_id: trackingId, items: pieces });
      }
      return { trackingId };
    },
    cancelShipment: async ({ shipmentId }) => {
      const id = requireShipmentId(shipmentId);
      const { record, isWritten } = await shipments.cancel(id);
      const wasShipped = record.trackingId !== "";
      if (isWritten) {
        if (wasShipped) cancelledShipments.inc();
        log.info("shipment cancelled", { shipment_id: id, was_shipped: wasShipped });
      }
      return { wasShipped };
    },
  };
}

// A shipment without an id cannot be repeated or cancelled, so it is not recorded.
async function ship(
  shipments: Shipments,
  shipmentId: string | undefined,
  createId: () => string,
): Promise<{ trackingId: string; isNew: boolean }> {
  if (shipmentId === undefined) return { trackingId: createId(), isNew: true };
  const { record, isWritten } = await shipments.ship(requireShipmentId(shipmentId), createId);
  return { trackingId: record.trackingId, isNew: isWritten };
}

function requireShipmentId(shipmentId: string): string {
  if (isUuid(shipmentId)) return shipmentId.toLowerCase();
  throw invalid(`shipment_id is ${quote(shipmentId)}: expected a UUID`);
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

import type { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { invalid, requireText } from "#runtime/check-input.ts";
import { isEmailAddress } from "#runtime/email-address.ts";
import { withoutCancellation } from "#runtime/request-context.ts";
import type { Handlers } from "#runtime/rpc.ts";
import type { Orders } from "./orders/create-orders.ts";
import { accessOrders } from "./service.ts";

const defaultPageSize = 50;
const maxPageSize = 1000;

/** The handlers of the service for operators. */
export function createOrderAdminService(
  orders: Orders,
): Handlers<typeof OrderAdminServiceDefinition> {
  return {
    listOrders: ({ failedOnly, pageSize }) => {
      const limit = checkPageSize(pageSize);
      return accessOrders(() => orders.listAllOrders({ failedOnly, limit }));
    },
    resendConfirmation: async ({ orderId }) => {
      requireText(orderId, "order_id", 256);
      // The delivery is finished even if the operator does not wait for it.
      const order = await withoutCancellation(() =>
        accessOrders(() => orders.resendConfirmation(orderId.toLowerCase())),
      );
      return { ...order, order: order.order && { ...order.order, shippingAddress: undefined } };
    },
    forgetCustomer: ({ email }) => {
      const address = email.trim();
      // Without the value, because the message is logged.
      if (!isEmailAddress(address)) throw invalid("email is not an e-mail address");
      return accessOrders(() => orders.forgetCustomer(address));
    },
  };
}

function checkPageSize(pageSize: number): number {
  if (pageSize === 0) return defaultPageSize;
  if (pageSize > 0 && pageSize <= maxPageSize) return pageSize;
  throw invalid(`page_size is ${pageSize}: expected 0 to ${maxPageSize}`);
}

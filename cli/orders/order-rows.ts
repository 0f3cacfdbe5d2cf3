import { formatAgo } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import { type Money, type Order, type OrderState, orderStateToJSON } from "#protos/hipstershop.ts";
import { formatMoney } from "#runtime/money.ts";

/** An order as `shop orders --json` prints it. */
export interface OrderRow {
  /** The order's id. */
  readonly orderId: string;
  /** Its state as `docs/orders.md` names it, such as `placed`. */
  readonly state: string;
  /** When it was received: ISO 8601 in UTC. */
  readonly createdAt: string;
  /** The amount with its currency; null if it is not known. */
  readonly total: string | null;
  /** The customer's address; missing unless the order needs attention. */
  readonly email?: string;
  /** Why it was undone; missing otherwise. */
  readonly failure?: string;
  /** Why its confirmation was not delivered; missing otherwise. */
  readonly confirmationFailure?: string;
}

/** Describes an order for operators. Empty fields are left out. */
export function describeOrder(order: Order): OrderRow {
  const { email, failure, confirmationFailure } = order;
  const total: Money | undefined = order.order?.total;
  return {
    orderId: order.order?.orderId ?? "",
    state: nameState(order.state),
    createdAt: new Date(Number(order.createTimeMs)).toISOString(),
    total: total ? formatMoney(total) : null,
    ...(email && { email }),
    ...(failure && { failure }),
    ...(confirmationFailure && { confirmationFailure }),
  };
}

/** The name of a state in texts, such as `placed`. */
function nameState(state: OrderState): string {
  return orderStateToJSON(state).replace("ORDER_STATE_", "").toLowerCase();
}

/**
 * The orders as a table with a head. The column of addresses is left out if no order has one.
 *
 * @param nowMs epoch milliseconds, for the orders' age
 */
export function formatOrders(rows: readonly OrderRow[], nowMs: number): string {
  const hasEmails = rows.some(({ email }) => email !== undefined);
  const head = ["ORDER", "STATE", "AGE", "TOTAL", ...(hasEmails ? ["E-MAIL"] : []), "FAILURE"];
  const lines = rows.map((row) => [
    row.orderId,
    row.state,
    formatAgo(Date.parse(row.createdAt), nowMs),
    row.total ?? "-",
    ...(hasEmails ? [printable(row.email ?? "-")] : []),
    printable(describeFailure(row)),
  ]);
  return formatTable([head, ...lines], "all").join("\n");
}

function describeFailure({ failure, confirmationFailure }: OrderRow): string {
  const mail = confirmationFailure && `confirmation not delivered: ${confirmationFailure}`;
  return [failure, mail].filter(Boolean).join("; ");
}

// A mail server's response may contain the terminal's control characters.
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}

import { describeChangedCarts } from "./changed-carts.suite.ts";
import { describeKilledCheckout } from "./killed-checkout.suite.ts";
import { describeOrders } from "./orders.suite.ts";
import { describeRepeatedOrders } from "./repeated-orders.suite.ts";

await describeOrders("Redis", [
  describeRepeatedOrders,
  describeKilledCheckout,
  describeChangedCarts,
]);

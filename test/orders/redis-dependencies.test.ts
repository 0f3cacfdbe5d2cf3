import { describeConfirmations } from "./confirmations.suite.ts";
import { describeOrders } from "./orders.suite.ts";
import { describeOrderPages } from "./pages.suite.ts";
import { describeUnknownOutcomes } from "./unknown-outcomes.suite.ts";

await describeOrders("Redis", [describeOrderPages, describeUnknownOutcomes, describeConfirmations]);

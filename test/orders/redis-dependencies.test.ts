import { describeConfirmations } from "./confirmations.suite.ts";
import { describeOrders } from "./orders.suite.ts";
import { describeUnknownOutcomes } from "./unknown-outcomes.suite.ts";

await describeOrders("Redis", [describeUnknownOutcomes, describeConfirmations]);

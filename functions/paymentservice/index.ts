import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createPaymentService } from "./service.ts";

start("paymentservice", () => {
  const service = createPaymentService(() => new Date(), randomUUID);
  return { services: [implement(PaymentServiceDefinition, service)] };
});

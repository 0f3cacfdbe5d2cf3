import "#runtime/signals.ts";
import { randomUUID } from "node:crypto";
import { PaymentServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createRecordStore } from "#runtime/store/create-record-store.ts";
import { readConfig } from "./config.ts";
import { createLedger, ledgerFormat } from "./ledger.ts";
import { createPaymentService } from "./service.ts";

start("paymentservice", (env) => {
  const config = readConfig(env);
  const now = Date.now;
  const store = createRecordStore(config, { name: "transactions", format: ledgerFormat, now });
  const ledger = createLedger({ store, retentionMs: config.retentionMs, now });
  const service = createPaymentService({ ledger, now, newTransactionId: randomUUID });
  return {
    services: [implement(PaymentServiceDefinition, service)],
    checkReady: () => store.ping(),
    verify: () => store.verify(),
    close: () => store.close(),
  };
});

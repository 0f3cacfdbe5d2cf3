import "#runtime/signals.ts";
import { CurrencyServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { shopRates } from "./rates.ts";
import { createCurrencyService } from "./service.ts";

start("currencyservice", () => ({
  services: [implement(CurrencyServiceDefinition, createCurrencyService(shopRates))],
}));

import { readFileSync } from "node:fs";
import { join } from "node:path";

import grpc = require("@grpc/grpc-js");
import protoLoader = require("@grpc/proto-loader");

interface Money {
  currency_code: string;
  units: number;
  nanos: number;
}

interface ConversionRequest {
  from: Money | null;
  to_code: string;
}

const nanosPerUnit = 1_000_000_000;
const rates: Record<string, string> = JSON.parse(
  readFileSync(join(__dirname, "rates.json"), "utf8"),
);

// The .proto file is parsed when the server starts, and messages are encoded by reflection.
const definition = protoLoader.loadSync(join(__dirname, "hipstershop.proto"), {
  keepCase: true,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
});
const shop = grpc.loadPackageDefinition(definition) as unknown as {
  hipstershop: { CurrencyService: grpc.ServiceClientConstructor };
};

function getSupportedCurrencies(
  _call: grpc.ServerUnaryCall<object, { currency_codes: string[] }>,
  respond: grpc.sendUnaryData<{ currency_codes: string[] }>,
): void {
  respond(null, { currency_codes: Object.keys(rates) });
}

function convert(
  { request: { from, to_code } }: grpc.ServerUnaryCall<ConversionRequest, Money>,
  respond: grpc.sendUnaryData<Money>,
): void {
  const fromRate = Number(rates[from?.currency_code ?? ""]);
  const toRate = Number(rates[to_code]);
  if (!from || !fromRate || !toRate) {
    respond({ code: grpc.status.INVALID_ARGUMENT, details: "unknown currency" });
    return;
  }
  const amount = ((from.units + from.nanos / nanosPerUnit) / fromRate) * toRate;
  const units = Math.trunc(amount);
  const nanos = Math.trunc((amount - units) * nanosPerUnit);
  respond(null, { currency_code: to_code, units, nanos });
}

const server = new grpc.Server();
server.addService(shop.hipstershop.CurrencyService.service, { getSupportedCurrencies, convert });
const address = `0.0.0.0:${process.env.PORT ?? "8080"}`;
server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  // For the bench, if that started this process.
  process.send?.({ type: "ready", port });
});
process.on("disconnect", () => process.exit(0));

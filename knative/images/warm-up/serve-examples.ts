import { Server, ServerCredentials } from "@grpc/grpc-js";
import * as shop from "#protos/hipstershop.ts";
import type { ServiceDefinition } from "#runtime/rpc.ts";

const price = { currencyCode: "EUR", units: "19", nanos: 990_000_000 };
const product = {
  id: "OLJCESPC7Z",
  name: "Sunglasses",
  description: "An example.",
  picture: "/static/img/products/sunglasses.jpg",
  priceUsd: { ...price, currencyCode: "USD" },
  categories: ["accessories"],
};
const currencyCodes = ["EUR", "USD"];

// In proto3 JSON; an empty message for the other methods.
const responses: Readonly<Record<string, object>> = {
  GetCart: { items: [{ productId: product.id, quantity: 1 }] },
  ListRecommendations: { productIds: [product.id] },
  ListProducts: { products: [product] },
  GetProduct: product,
  GetProducts: { products: [product] },
  SearchProducts: { results: [product] },
  GetQuote: { costUsd: product.priceUsd },
  ShipOrder: { trackingId: "example" },
  GetSupportedCurrencies: { currencyCodes },
  Convert: price,
  ConvertBatch: { results: [price, price, price], currencyCodes },
  Charge: { transactionId: "example" },
  GetAds: { ads: [{ redirectUrl: "/", text: "An example." }] },
};

// The generated code has more of a message than a server needs.
interface JsonCodec {
  fromJSON(value: unknown): object;
  encode(message: object): { finish(): Uint8Array };
}

/** A server of all the shop's functions; disposing of it closes it. */
export interface ExampleServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** Serves an example of a response for each RPC, on a free port of 127.0.0.1. */
export async function serveExamples(): Promise<ExampleServer> {
  const server = new Server();
  for (const definition of Object.values(shop as Readonly<Record<string, unknown>>)) {
    if (isService(definition)) addExamples(server, definition);
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => server.forceShutdown(),
  };
}

function isService(definition: unknown): definition is ServiceDefinition {
  return typeof definition === "object" && definition !== null && "methods" in definition;
}

function addExamples(server: Server, { fullName, methods }: ServiceDefinition): void {
  const asIs = (bytes: Buffer) => bytes;
  for (const { name, responseType } of Object.values(methods)) {
    const codec = responseType as unknown as JsonCodec;
    const bytes = Buffer.from(codec.encode(codec.fromJSON(responses[name] ?? {})).finish());
    server.register(
      `/${fullName}/${name}`,
      (_call: unknown, respond: (error: null, bytes: Buffer) => void) => respond(null, bytes),
      asIs,
      asIs,
      "unary",
    );
  }
}

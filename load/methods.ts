import * as shop from "#protos/hipstershop.ts";
import type { MethodDefinition, ServiceDefinition } from "#runtime/rpc.ts";

/** A gRPC method that can be called with a message in JSON. */
export type CallableMethod = ReturnType<typeof describeMethod>;

// The generated code has more of a message than a server needs.
interface JsonCodec {
  fromJSON(value: unknown): object;
  encode(message: object): { finish(): Uint8Array };
}

const services = Object.entries(shop as Readonly<Record<string, unknown>>)
  .filter(([name]) => name.endsWith("ServiceDefinition"))
  .map(([, definition]) => definition as ServiceDefinition)
  .sort((a, b) => (a.name < b.name ? -1 : 1));

/** All methods of the shop, by service. */
export const shopMethods: readonly CallableMethod[] = services.flatMap((service) =>
  Object.values(service.methods).map((method) => describeMethod(service, method)),
);

/**
 * Finds a method by its name, such as `CurrencyService/Convert`. Returns an error message for an
 * unknown name.
 */
export function readMethod(name: string): CallableMethod | string {
  const found = shopMethods.find((method) => method.name === name);
  if (found) return found;
  const [serviceName = ""] = name.split("/");
  const given = `method is ${JSON.stringify(name)}`;
  const service = services.find(({ name: known }) => known === serviceName);
  if (!service) return `${given}: expected a service of ${namesOf(services)}`;
  return `${given}: ${serviceName} has ${namesOf(Object.values(service.methods))}`;
}

function namesOf(items: readonly { readonly name: string }[]): string {
  return items.map(({ name }) => name).join(", ");
}

function describeMethod(service: ServiceDefinition, method: MethodDefinition) {
  const codec = method.requestType as unknown as JsonCodec;
  return {
    /** Such as `CurrencyService/Convert`. */
    name: `${service.name}/${method.name}`,
    /** The function that serves it: all functions are named as their services are. */
    functionName: service.name.toLowerCase(),
    path: `/${service.fullName}/${method.name}`,
    /** The names of the request's fields. */
    fields: Object.keys(codec.fromJSON({})),
    /** Encodes a request message given in proto3 JSON. */
    encode: (request: Readonly<Record<string, unknown>>) =>
      Buffer.from(codec.encode(codec.fromJSON(request)).finish()),
  };
}

import * as shop from "#protos/hipstershop.ts";
import type { MethodDefinition, ServiceDefinition } from "#runtime/rpc.ts";

/** A method that can be called with a message in JSON. */
export interface CallableMethod {
  /** The function that serves it: the service's name in lower case, as all functions are named. */
  readonly functionName: string;
  /** The gRPC path, such as `/hipstershop.CurrencyService/Convert`. */
  readonly path: string;
  /** The names of the request's fields. */
  readonly fields: readonly string[];
  /** Encodes a request message given in proto3 JSON. */
  readonly encode: (request: Readonly<Record<string, unknown>>) => Buffer;
}

/** Finds a method by its name, such as `CurrencyService/Convert`. Returns a sentence if there is none. */
export function readMethod(name: string): CallableMethod | string {
  const [serviceName = "", methodName = ""] = name.split("/");
  const service = services.find(({ name: known }) => known === serviceName);
  if (!service) {
    const known = services.map(({ name: each }) => each).join(", ");
    return `method is ${JSON.stringify(name)}: expected a service of ${known}`;
  }
  const methods = Object.values(service.methods);
  const method = methods.find(({ name: known }) => known === methodName);
  if (!method) {
    const known = methods.map(({ name: each }) => each).join(", ");
    return `method is ${JSON.stringify(name)}: ${serviceName} has ${known}`;
  }
  return describeMethod(service, method);
}

// The generated code has more of a message than a server needs.
interface JsonCodec {
  fromJSON(value: unknown): object;
  encode(message: object): { finish(): Uint8Array };
}

const services = Object.entries(shop as Readonly<Record<string, unknown>>)
  .filter(([name]) => name.endsWith("ServiceDefinition"))
  .map(([, definition]) => definition as ServiceDefinition)
  .sort((a, b) => (a.name < b.name ? -1 : 1));

function describeMethod(service: ServiceDefinition, method: MethodDefinition): CallableMethod {
  const codec = method.requestType as unknown as JsonCodec;
  return {
    functionName: service.name.toLowerCase(),
    path: `/${service.fullName}/${method.name}`,
    fields: Object.keys(codec.fromJSON({})),
    encode: (request) => Buffer.from(codec.encode(codec.fromJSON(request)).finish()),
  };
}

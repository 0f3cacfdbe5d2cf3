import { exampleCalls, type JsonRequest } from "#load/example-calls.ts";
import { type CallableMethod, shopMethods } from "#load/methods.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { checkPath } from "./peers/paths.ts";

/** One RPC with its encoded message. */
export interface Rpc {
  /** The gRPC path, such as `/hipstershop.CartService/GetCart`. */
  readonly path: string;
  /** The encoded message. */
  readonly message: Uint8Array;
}

/** An RPC that a function must answer before the measured one. */
type Preparation = Rpc & { readonly functionName: string };

/** How a function is measured. */
export interface MeasuredCall {
  /** Creates the RPC with this number; undefined for a function that serves pages. */
  readonly rpc?: (index: number) => Rpc;
  /** The path of the page, for a function that serves pages. */
  readonly page?: string;
  /** Creates the RPC that precedes the RPC with this number, outside of the measured time. */
  readonly prepare?: (index: number) => Preparation;
}

/** The health check, which every function and peer answers. */
export const healthCall: MeasuredCall = {
  rpc: () => ({ path: checkPath, message: new Uint8Array() }),
};

/** The storefront's home page. */
export const homePage: MeasuredCall = { page: "/" };

/**
 * The call that represents a function: the first example of its gRPC service, the home page of a
 * public function without a service, and the health check of any other.
 */
export function measuredCallOf({
  name,
  isPublic,
}: Pick<Manifest, "name" | "isPublic">): MeasuredCall {
  const example = exampleCalls.find(({ method }) => methodOf(method)?.functionName === name);
  return example ? callOf(example.method) : isPublic ? homePage : healthCall;
}

/**
 * The example of a method, such as `CartService/AddItem`.
 *
 * @throws Error if it has none
 */
export function callOf(name: string): MeasuredCall {
  const example = exampleCalls.find(({ method }) => method === name);
  if (!example) throw new Error(`${name} has no example in load/example-calls.ts`);
  const { preparation, createRequest } = example;
  return {
    rpc: (index) => encode(example.method, createRequest(idOf(index))),
    ...(preparation && {
      prepare: (index: number) => {
        const { method, request } = preparation(idOf(index));
        return encode(method, request);
      },
    }),
  };
}

/** The name of a call in reports, such as `CartService/GetCart`. */
export function labelOf({ rpc, page }: MeasuredCall): string {
  return rpc ? rpc(0).path.replace(/^\/(hipstershop\.)?/, "") : `GET ${page}`;
}

function idOf(index: number): string {
  return `bench-${process.pid}-${index}`;
}

function methodOf(name: string): CallableMethod | undefined {
  return shopMethods.find((method) => method.name === name);
}

function encode(name: string, request: JsonRequest): Preparation {
  const method = methodOf(name);
  if (!method) throw new Error(`the shop has no method ${name}`);
  const { functionName, path } = method;
  return { functionName, path, message: method.encode(request) };
}

import type { CartItem } from "#protos/hipstershop.ts";
import { nameBasedId } from "#runtime/name-based-id.ts";

// A random UUID.
const versionNamespace = "a3236a19-fad0-4c4d-9ebf-1fa01993a9c0";

/** Derives the version of a cart from its lines; their order does not matter. */
export function versionOf(items: readonly CartItem[]): string {
  const lines = items.map(({ productId, quantity }) => JSON.stringify([productId, quantity]));
  return nameBasedId(versionNamespace, lines.sort().join());
}

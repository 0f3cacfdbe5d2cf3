import type { CartItem } from "#protos/hipstershop.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import { maxLines, maxQuantity, type WriteOutcome } from "./cart-store.ts";

/** A cart in the format of both stores: JSON of `[productId, quantity]` pairs, oldest first. */
export type CartRecord = [productId: string, quantity: number][];

/**
 * Parses a stored cart; returns an empty record if the text is null or undefined.
 *
 * @throws StoreError if the text is not a record
 */
export function parseCartRecord(text: string | null | undefined): CartRecord {
  if (text == null) return [];
  try {
    const record: unknown = JSON.parse(text);
    if (Array.isArray(record) && record.every(isLine)) return record;
    throw new TypeError("expected a list of product ids with quantities");
  } catch (cause) {
    throw new StoreError("the stored cart is damaged", { unreachable: false, cause });
  }
}

function isLine(line: unknown): line is [string, number] {
  return Array.isArray(line) && typeof line[0] === "string" && Number.isInteger(line[1]);
}

/** Converts a record to the lines of a cart. */
export function linesOf(record: CartRecord): CartItem[] {
  return record.map(([productId, quantity]) => ({ productId, quantity }));
}

/** Adds to a product's quantity in place; changes nothing unless it returns `ok`. */
export function addToRecord(record: CartRecord, productId: string, quantity: number): WriteOutcome {
  const present = record.find(([id]) => id === productId)?.[1] ?? 0;
  return setInRecord(record, productId, present + quantity);
}

/** Removes ordered items in place. */
export function removeFromRecord(record: CartRecord, items: readonly CartItem[]): void {
  for (const { productId, quantity } of items) {
    const present = record.find(([id]) => id === productId)?.[1] ?? 0;
    setInRecord(record, productId, Math.max(present - quantity, 0));
  }
}

/** Sets a product's quantity in place; 0 removes its line. Changes nothing unless it returns `ok`. */
export function setInRecord(record: CartRecord, productId: string, quantity: number): WriteOutcome {
  const index = record.findIndex(([id]) => id === productId);
  if (quantity > maxQuantity) return "out-of-range";
  if (index < 0 && quantity > 0 && record.length >= maxLines) return "too-many-lines";
  if (quantity === 0) {
    if (index >= 0) record.splice(index, 1);
  } else if (index < 0) record.push([productId, quantity]);
  else record[index] = [productId, quantity];
  return "ok";
}

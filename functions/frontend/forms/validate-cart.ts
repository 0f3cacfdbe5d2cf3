import type { Checked, FormFields } from "./read-form.ts";

/** A product and how many of it. */
export interface CartChange {
  readonly productId: string;
  readonly quantity: number;
}

/** The quantities that a product page offers. */
export const offeredQuantities = [1, 2, 3, 4, 5, 10] as const;

/** The most that can be added at once (Online Boutique's rule). */
export const maxAddedQuantity = 10;

/** The most of one product that the cart page sets. */
export const maxLineQuantity = 999;

/** Checks the form that adds a product: `product_id`, and a `quantity` from 1 to 10. */
export function validateAddition(fields: FormFields): Checked<CartChange> {
  return validateChange(fields, 1, maxAddedQuantity);
}

/** Checks the form that changes a line: `product_id`, and a `quantity` from 0, which removes. */
export function validateQuantityChange(fields: FormFields): Checked<CartChange> {
  return validateChange(fields, 0, maxLineQuantity);
}

function validateChange(fields: FormFields, min: number, max: number): Checked<CartChange> {
  const errors = new Map<string, string>();
  const productId = fields.get("product_id")?.trim() ?? "";
  if (productId === "" || productId.length > 256) {
    errors.set("product_id", "Choose a product.");
  }
  const text = fields.get("quantity")?.trim() ?? "";
  const quantity = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(quantity >= min && quantity <= max)) {
    errors.set("quantity", `Enter a whole number from ${min} to ${max}.`);
  }
  return errors.size > 0 ? { errors } : { value: { productId, quantity } };
}

import type { FormFields, Validated } from "./read-form.ts";

// The product may be missing in the catalog.
type CartChange = { readonly productId: string; readonly quantity: number };

/** The quantities to choose from on a product page. */
export const offeredQuantities = [1, 2, 3, 4, 5, 10] as const;

/** The maximum quantity of one addition, as in Online Boutique. */
const maxAddedQuantity = 10;

/** The maximum quantity of one product that the cart page can set. */
export const maxLineQuantity = 999;

/** Validates the form that adds a product: `product_id`, and a `quantity` from 1 to 10. */
export function validateAddition(fields: FormFields): Validated<CartChange> {
  return validateChange(fields, 1, maxAddedQuantity);
}

/** Validates the form that changes a line: `product_id`, and a `quantity`; 0 removes the line. */
export function validateQuantityChange(fields: FormFields): Validated<CartChange> {
  return validateChange(fields, 0, maxLineQuantity);
}

function validateChange(fields: FormFields, min: number, max: number): Validated<CartChange> {
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

import { html } from "hono/html";
import type { FieldErrors, FormFields } from "../forms/read-form.ts";
import type { OrderFieldName } from "../forms/validate-order.ts";
import type { Html } from "./html.ts";

/** The order form as it is shown. */
export interface OrderFormView {
  /** What stands in the fields. */
  readonly values: FormFields;
  /** What is wrong with them. */
  readonly errors: FieldErrors;
  /** The current year: the first in which a card may expire. */
  readonly year: number;
}

/** The person whose data fill the form at first, so that an order is one click (as in Online Boutique). */
export const sampleOrder: Omit<OrderFormView, "year"> = {
  values: new Map<OrderFieldName, string>([
    ["email", "someone@example.com"],
    ["street_address", "12 Harbour Street"],
    ["zip_code", "94043"],
    ["city", "Mountain View"],
    ["state", "CA"],
    ["country", "United States"],
    ["credit_card_number", "4432-8015-6152-0454"],
    ["credit_card_expiration_month", "1"],
    ["credit_card_cvv", "672"],
  ]),
  errors: new Map(),
};

interface Field {
  readonly name: OrderFieldName;
  readonly label: string;
  /** HTML's autofill token. */
  readonly autofill: string;
  readonly hint?: string;
  readonly type?: "email";
  readonly isNumeric?: boolean;
  readonly maxLength: number;
  /** Never written back to a page: a refused form asks for it again. */
  readonly isSecret?: boolean;
}

const addressFields: readonly Field[] = [
  { name: "email", label: "E-mail", autofill: "email", type: "email", maxLength: 254 },
  {
    name: "street_address",
    label: "Street and number",
    autofill: "address-line1",
    maxLength: 512,
  },
  { name: "zip_code", label: "ZIP code", autofill: "postal-code", isNumeric: true, maxLength: 10 },
  { name: "city", label: "City", autofill: "address-level2", maxLength: 128 },
  { name: "state", label: "State", autofill: "address-level1", maxLength: 128 },
  { name: "country", label: "Country", autofill: "country-name", maxLength: 128 },
];

const cardNumber: Field = {
  name: "credit_card_number",
  label: "Card number",
  autofill: "cc-number",
  hint: "VISA or Mastercard; spaces and hyphens are fine",
  isNumeric: true,
  maxLength: 32,
  isSecret: true,
};

const cardCvv: Field = {
  name: "credit_card_cvv",
  label: "Security code",
  autofill: "cc-csc",
  hint: "3 digits on the back",
  isNumeric: true,
  maxLength: 4,
  isSecret: true,
};

/** The order form; `total` is what its button says will be paid. */
export function renderOrderForm(view: OrderFormView, total: string | undefined): Html {
  return html`<form class="order" id="order" method="post" action="/cart/checkout" novalidate aria-labelledby="order-title">
<h2 id="order-title">Checkout</h2>
<fieldset><legend>Where should it go?</legend><div class="fields">${addressFields.map((field) => renderField(field, view))}</div></fieldset>
<fieldset><legend>How do you pay?</legend><div class="fields">
${renderField(cardNumber, view)}
${renderSelect("credit_card_expiration_month", "Expires: month", "cc-exp-month", months, view)}
${renderSelect("credit_card_expiration_year", "Expires: year", "cc-exp-year", yearsFrom(view.year), view)}
${renderField(cardCvv, view)}
</div></fieldset>
<p class="place"><button class="button">Place order${total && html` · ${total}`}</button><span>No real card is charged: this is a demonstration.</span></p>
</form>`;
}

/** What is wrong with the order form, with links to the fields: for the top of the page. */
export function renderProblems(errors: FieldErrors): Html | "" {
  if (errors.size === 0) return "";
  const links = [...errors].map(([name, text]) => html`<li><a href="#${name}">${text}</a></li>`);
  return html`<div class="problems" role="alert"><h2>Your order was not placed</h2><ul>${links}</ul></div>`;
}

function renderField(field: Field, { values, errors }: OrderFormView): Html {
  const { name, label, type = "text", maxLength, autofill } = field;
  const isCleared = field.isSecret && errors.size > 0;
  const hint =
    isCleared && !errors.has(name) ? "Please enter it again: it is not kept." : field.hint;
  const value = isCleared ? "" : (values.get(name) ?? "");
  return html`<div class="field ${name}"><label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" maxlength="${maxLength}" required autocomplete="${autofill}"${field.isNumeric && html` inputmode="numeric"`}${describe(name, errors, hint)}>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${renderError(name, errors)}</div>`;
}

function renderSelect(
  name: OrderFieldName,
  label: string,
  autofill: string,
  options: readonly string[],
  { values, errors, year }: OrderFormView,
): Html {
  const fallback = name === "credit_card_expiration_year" ? String(year + 1) : "";
  const chosen = values.get(name) ?? fallback;
  return html`<div class="field ${name}"><label for="${name}">${label}</label>
<select id="${name}" name="${name}" autocomplete="${autofill}"${describe(name, errors)}>${options.map(
    (option) => {
      const value = String(Number(option));
      return html`<option value="${value}"${value === chosen && html` selected`}>${option}</option>`;
    },
  )}</select>${renderError(name, errors)}</div>`;
}

const months = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, "0"));

function yearsFrom(year: number): readonly string[] {
  return Array.from({ length: 10 }, (_, index) => String(year + index));
}

function describe(name: string, errors: FieldErrors, hint?: string): Html | false {
  const isWrong = errors.has(name);
  const ids = [isWrong && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(" ");
  return ids !== "" && html` aria-describedby="${ids}"${isWrong && html` aria-invalid="true"`}`;
}

function renderError(name: string, errors: FieldErrors): Html | undefined {
  const problem = errors.get(name);
  return problem === undefined
    ? undefined
    : html`<p class="error" id="${name}-error">${problem}</p>`;
}

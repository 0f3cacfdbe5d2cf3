import { html } from "hono/html";
import { formatMoney } from "#runtime/money.ts";
import { hiddenFieldsFor, type OrderTerms } from "../forms/order-terms.ts";
import type { FieldErrors, FormFields } from "../forms/read-form.ts";
import type { OrderFieldName } from "../forms/validate-order.ts";
import type { Html } from "./html.ts";

/** The content of the order form. */
export interface OrderFormView {
  /** The values of the fields. */
  readonly values: FormFields;
  /** The errors of the fields; empty if the form was not sent. */
  readonly errors: FieldErrors;
  /** Whether the visitor sent the values. A page never contains a card number or security code that was sent. */
  readonly isSent: boolean;
  /** The first year of the list of expiry years: the current one. */
  readonly year: number;
  /** What the page promises: the hidden fields. */
  readonly terms: OrderTerms;
}

/** The visitor's part of the order form: the values that were sent, and their errors. */
export type OrderInput = Pick<OrderFormView, "values" | "errors" | "isSent">;

/** The initial values of the form, so that an order needs one click, as in Online Boutique. */
export const sampleOrder: OrderInput = {
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
  isSent: false,
};

interface Field {
  readonly name: OrderFieldName;
  readonly label: string;
  /** The autofill token of HTML. */
  readonly autofill: string;
  readonly hint?: string;
  readonly type?: "email";
  readonly isNumeric?: boolean;
  readonly maxLength: number;
  /** The value that was sent is not shown: the visitor enters it again. */
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
  hint: "VISA or Mastercard; with or without spaces and hyphens",
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

/** The order form; its button shows the total. */
export function renderOrderForm(view: OrderFormView): Html {
  const { expectedTotal } = view.terms;
  return html`<form class="order" id="order" method="post" action="/cart/checkout" novalidate aria-labelledby="order-title">
${[...hiddenFieldsFor(view.terms)].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<h2 id="order-title">Checkout</h2>
<fieldset><legend>Shipping address</legend><div class="fields">${addressFields.map((field) => renderField(field, view))}</div></fieldset>
<fieldset><legend>Payment</legend><div class="fields">
${renderField(cardNumber, view)}
${renderSelect("credit_card_expiration_month", "Expires: month", "cc-exp-month", months, view)}
${renderSelect("credit_card_expiration_year", "Expires: year", "cc-exp-year", yearsFrom(view.year), view)}
${renderField(cardCvv, view)}
</div></fieldset>
<p class="place"><button class="button">Place order${expectedTotal && html` · ${formatMoney(expectedTotal)}`}</button><span>This is a demonstration: no card is charged.</span></p>
</form>`;
}

/** The errors of the order form with links to the fields, for the top of the page; "" without errors. */
export function renderProblems(errors: FieldErrors): Html | "" {
  if (errors.size === 0) return "";
  const links = [...errors].map(([name, text]) => html`<li><a href="#${name}">${text}</a></li>`);
  return html`<div class="problems" role="alert"><h2>Your order was not placed</h2><ul>${links}</ul></div>`;
}

function renderField(field: Field, { values, errors, isSent }: OrderFormView): Html {
  const { name, label, type = "text", maxLength, autofill } = field;
  const isCleared = field.isSecret && isSent;
  const hint =
    isCleared && !errors.has(name) ? "Enter it again: the shop does not keep it." : field.hint;
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

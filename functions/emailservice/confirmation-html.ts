import { formatMoney } from "#runtime/money.ts";
import type { ConfirmedOrder } from "./confirmed-order.ts";

// Mail clients reliably support only tables and inline styles; many remove <style>.
const font = "font-family:'Helvetica Neue',Helvetica,Arial,sans-serif";
const serif = "font-family:Georgia,'Times New Roman',serif";
const ink = "#22302b";
const muted = "#5d6b64";
const rule = "#e4ded2";
const accent = "#1f5c4a";

/** Renders the confirmation as an HTML document that loads no other resource. */
export function renderHtml(order: ConfirmedOrder): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light">
<title>Your Hipster Shop order</title>
</head>
<body style="margin:0;padding:0;background:#f3efe6;color:${ink};${font};font-size:16px;line-height:1.5">
<div style="display:none;max-height:0;overflow:hidden">Thank you! ${formatMoney(order.total)} paid, and your parcel is on its way.</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3efe6">
<tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:600px;background:#ffffff;border-radius:12px;overflow:hidden">
<tr><td style="padding:20px 32px;background:${accent};color:#ffffff;${serif};font-size:20px;letter-spacing:0.5px">Hipster Shop</td></tr>
<tr><td style="padding:36px 32px 8px">
<h1 style="margin:0 0 12px;${serif};font-size:30px;line-height:1.2;font-weight:normal">Thank you for your order</h1>
<p style="margin:0;color:${muted}">Your order has been shipped. Keep this mail for your records.</p>
</td></tr>
<tr><td style="padding:20px 32px">${renderNumbers(order)}</td></tr>
<tr><td style="padding:0 32px">${renderLines(order)}</td></tr>
${renderAddress(order.addressLines)}<tr><td style="padding:24px 32px 32px;color:${muted};font-size:13px;border-top:1px solid ${rule}">You receive this mail because an order was placed with this address. If you have a question about it, include the order number.</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function renderNumbers({ orderId, trackingId }: ConfirmedOrder): string {
  const cell = (label: string, value: string) =>
    `<p style="margin:0 0 10px"><span style="display:block;color:${muted};font-size:13px">${label}</span><span style="font-family:Menlo,Consolas,monospace;font-size:15px;word-break:break-all">${escapeHtml(value)}</span></p>`;
  const numbers =
    cell("Order number", orderId) + (trackingId ? cell("Tracking number", trackingId) : "");
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f8f6f0;border-radius:8px"><tr><td style="padding:16px 20px 6px">${numbers}</td></tr></table>`;
}

const cellStyle = `padding:12px 0;border-bottom:1px solid ${rule};vertical-align:top`;
const headStyle = `padding:8px 0;border-bottom:2px solid ${ink};font-size:13px;font-weight:bold`;

function renderLines({ lines, shippingCost, total }: ConfirmedOrder): string {
  return `<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse">
<tr>
<th scope="col" align="left" style="${headStyle}">Item</th>
<th scope="col" align="right" style="${headStyle}">Quantity</th>
<th scope="col" align="right" style="${headStyle}">Each</th>
<th scope="col" align="right" style="${headStyle}">Price</th>
</tr>
${lines.map(renderLine).join("\n")}
<tr>
<th scope="row" colspan="3" align="left" style="padding:12px 0;font-weight:normal;color:${muted}">Shipping</th>
<td align="right" style="padding:12px 0">${formatMoney(shippingCost)}</td>
</tr>
<tr>
<th scope="row" colspan="3" align="left" style="padding:12px 0 28px;border-top:2px solid ${ink};font-size:18px">Total (${escapeHtml(total.currencyCode)})</th>
<td align="right" style="padding:12px 0 28px;border-top:2px solid ${ink};font-size:18px;font-weight:bold">${formatMoney(total)}</td>
</tr>
</table>`;
}

function renderLine(line: ConfirmedOrder["lines"][number]): string {
  const { productId, quantity, unitPrice, lineTotal } = line;
  return `<tr>
<td style="${cellStyle};word-break:break-word">${escapeHtml(productId)}</td>
<td align="right" style="${cellStyle}">${quantity}</td>
<td align="right" style="${cellStyle};color:${muted}">${formatMoney(unitPrice)}</td>
<td align="right" style="${cellStyle}">${formatMoney(lineTotal)}</td>
</tr>`;
}

function renderAddress(addressLines: readonly string[]): string {
  if (addressLines.length === 0) return "";
  const heading = `<h2 style="margin:0 0 6px;${serif};font-size:18px;font-weight:normal">Shipping address</h2>`;
  const lines = addressLines.map(escapeHtml).join("<br>");
  return `<tr><td style="padding:0 32px 28px">${heading}<p style="margin:0;color:${muted}">${lines}</p></td></tr>\n`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

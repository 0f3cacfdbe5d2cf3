import { html } from "hono/html";
import type { Html } from "./html.ts";

/** The page with the form that deletes the visitor's session on this device. */
export function renderLogoutPage(): Html {
  return html`<section class="logout">
<h1>Delete your session on this device?</h1>
<p class="lead">This device then forgets your cart, your orders and your currency. The shop has no accounts, so you cannot get them back here. Orders that you placed are not cancelled.</p>
<form class="next" method="post" action="/logout">
<button class="button">Delete my session</button>
<a href="/">Keep it and go back to the shop</a>
</form>
</section>`;
}

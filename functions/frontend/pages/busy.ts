import { hash } from "node:crypto";
import { describeBusy } from "#runtime/request-limit.ts";
import { logo } from "./layout.ts";

// Those of the error pages, whose style sheets the page cannot load.
const style = `
:root { color-scheme: light }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem clamp(1rem, 4vw, 2.5rem); background: #fdfcf9; color: #15131c; font: 400 1.0625rem/1.6 "Avenir Next", "Segoe UI", "Helvetica Neue", "Liberation Sans", system-ui, sans-serif; overflow-wrap: break-word }
.brand { display: flex; align-items: center; gap: .7rem; margin: 0; font-weight: 800; font-size: 1.2rem; letter-spacing: -.02em }
.logo { width: 2.5rem; height: 2.5rem }
main { padding: clamp(1rem, 6vw, 4rem) 0 }
.status { margin: 0 0 1.5rem; color: #2b3bd0; font-size: clamp(5rem, 18vw, 11rem); font-weight: 800; line-height: .9; letter-spacing: -.06em }
h1 { margin: 0; font-size: clamp(2.1rem, 5.2vw, 3.4rem); font-weight: 800; line-height: 1.08; letter-spacing: -.03em }
.lead { max-width: 34rem; margin: 1.1rem 0 2rem; font-size: 1.15rem; color: #3d3947 }
a { display: inline-block; padding: .85rem 1.6rem; border-radius: 999px; background: #15131c; color: #fff; font-weight: 700; line-height: 1.3; text-decoration: none }
a:hover { background: #2b3bd0 }
`;

const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#fdfcf9">
<title>The shop is busy · Hipster Shop</title>
<style>${style}</style>
</head>
<body>
<header><p class="brand">${logo}<span>Hipster Shop</span></p></header>
<main>
<p class="status">503</p>
<h1>The shop is busy</h1>
<p class="lead">More visitors are here than the shop can serve at the moment. Your cart is safe, and this request changed nothing. Reload the page in a few seconds.</p>
<p><a href="/">Back to the shop</a></p>
</main>
</body>
</html>
`;

/** The page for a request that is rejected because too many are in flight. It loads no file. */
export const busyPage = describeBusy("text/html; charset=utf-8", document, {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "referrer-policy": "same-origin",
  "strict-transport-security": "max-age=15552000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
});

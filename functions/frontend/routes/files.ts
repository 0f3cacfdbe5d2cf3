import { HTTPException } from "hono/http-exception";
import { answerFile } from "#runtime/static-files.ts";
import { StatusError } from "#runtime/status.ts";
import type { StorefrontContext } from "../http/context.ts";
import { priceOf } from "../shop/prices.ts";

const daySeconds = 86_400;

// Crawlers may read the products. All other pages depend on the visitor, or are unlimited in number.
const robots = `User-agent: *
Disallow: /cart
Disallow: /logout
Disallow: /product-meta/
Disallow: /search
Disallow: /setCurrency
`;

/** `GET /robots.txt` */
export function sendRobots(c: StorefrontContext): Response {
  c.header("cache-control", `public, max-age=${daySeconds}`);
  return c.text(robots);
}

/** `GET /static/...`: a style sheet or picture, with its variant for the accepted encoding. */
export function sendFile(c: StorefrontContext): Response {
  const file = c.get("shop").files.find(c.req.path);
  if (!file) throw new HTTPException(404);
  // The content of a URL with the file's version never changes.
  const isVersioned = c.req.query("v") === file.version;
  const maxAge = isVersioned ? `${365 * daySeconds}, immutable` : `${daySeconds / 24}`;
  c.header("cache-control", `public, max-age=${maxAge}`);
  const answer = answerFile(file, c.req.header("accept-encoding"), c.req.header("if-none-match"));
  return c.newResponse(answer.body, answer.status, { ...answer.headers });
}

/** `GET /product-meta/{ids}`: a product in the JSON format of Online Boutique. */
export async function sendProductMeta(c: StorefrontContext): Promise<Response> {
  try {
    const id = c.req.param("ids") ?? "";
    const product = await c.get("shop").clients.catalog.getProduct({ id });
    const { name, description, picture, categories } = product;
    const { currencyCode, units, nanos } = priceOf(product);
    const price_usd = { currency_code: currencyCode, units: Number(units), nanos };
    return c.json({ id: product.id, name, description, picture, price_usd, categories });
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== "NOT_FOUND") throw error;
    return c.json({ error: "There is no product with this ID." }, 404);
  }
}

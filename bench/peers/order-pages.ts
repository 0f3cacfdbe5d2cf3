import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { createStagedCalls } from "./call-stages.ts";
import { echoPath } from "./paths.ts";
import { listen } from "./report-ready.ts";

// The storefront of an order's floor: the RPCs of an order's pages by bare grpc-js, without telemetry, to the addresses
// of its argument, except for those that kept responses answer. All pages have the same text, which is what a visitor
// of the bench expects on any of them.
const { cart, recommendation, checkout } = JSON.parse(process.argv[2] ?? "{}");
const addItem = createStagedCalls([[cart]]);
const loadCart = createStagedCalls([[cart], [recommendation]]);
// Checkout's own calls are the work of its echo method.
const placeOrder = createStagedCalls([[checkout, recommendation]], echoPath);
const loadOrder = createStagedCalls([[cart]]);

const page = `<!doctype html><title>The cart, and an order</title>
  <a href="/product/OLJCESPC7Z">$1 €1 OLJCESPC7Z 6E92ZMYYFZ FL-1-1</a><input name="product_id">
  ${"<p>a product of the shop</p>".repeat(400)}`;

const app = new Hono();
const serve = (path: string, calls?: () => Promise<void>) =>
  app.get(path, async (c) => {
    await calls?.();
    return c.html(page);
  });
const redirect = async (c: Context, target: string, calls?: () => Promise<void>) => {
  await c.req.parseBody();
  await calls?.();
  return c.redirect(target, 303);
};

serve("/");
serve("/product/:id");
serve("/cart", loadCart);
serve("/orders/1", loadOrder);
app.post("/setCurrency", (c) => redirect(c, "/"));
app.post("/cart", (c) => redirect(c, "/cart", addItem));
app.post("/cart/checkout", (c) => redirect(c, "/orders/1", placeOrder));
listen(createServer(getRequestListener(app.fetch)));

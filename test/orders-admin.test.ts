import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { credentials, Client as GrpcClient, Metadata, type ServiceError } from "@grpc/grpc-js";
import { exampleCalls } from "#load/example-calls.ts";
import {
  AddItemRequest,
  CartServiceDefinition,
  CheckoutServiceDefinition,
  PlaceOrderRequest,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { runShop } from "../cli/fixtures/run-shop.ts";
import { type LocalShop, startLocalShop } from "./fixtures/local-shop.ts";
import { poll } from "./fixtures/poll.ts";

describe("orders of the local platform", () => {
  let shop: LocalShop;
  before(async () => {
    shop = await startLocalShop();
  });
  after(() => shop.close());

  const orders = async (...args: string[]) =>
    runShop(["orders", ...args, "--local", shop.platform.urls.console]);

  const example = exampleCalls.find(({ method }) => method === "CheckoutService/PlaceOrder");

  async function buy(userId: string): Promise<string> {
    const cart = createClient(CartServiceDefinition, shop.addressOf("cartservice"));
    const checkout = createClient(CheckoutServiceDefinition, shop.addressOf("checkoutservice"));
    try {
      const filled = example?.preparation?.(userId).request;
      await cart.addItem(AddItemRequest.fromJSON(filled));
      const request = PlaceOrderRequest.fromJSON(example?.createRequest(userId));
      return (await checkout.placeOrder(request)).order?.orderId ?? "";
    } finally {
      cart.close();
      checkout.close();
    }
  }

  test("lists an order, delivers its confirmation once, and forgets its customer", async () => {
    const orderId = await buy("a");
    const list = async () => JSON.parse((await orders("--json")).stdout) as object[];
    await poll(
      async () =>
        (await list()).some((row) => "state" in row && row.state === "confirmed") || undefined,
      () => "the order was not confirmed",
    );
    const [row] = await list();
    assert.deepEqual(Object.keys(row ?? {}), ["orderId", "state", "createdAt", "total"]);
    const { stdout } = await orders();
    assert.match(stdout, new RegExp(`^${orderId} +confirmed +\\S.* €\\d+\\.\\d\\d$`, "m"));
    const resent = await orders("resend", orderId);
    const sentence = `the confirmation of order ${orderId} is sent to someone@example.com\n`;
    assert.equal(resent.stdout, sentence, resent.stderr);
    const outbox = readdirSync(join(shop.dataDir, "outbox"));
    assert.equal(outbox.filter((name) => name.endsWith(".html")).length, 1, outbox.join(" "));
    const forgotten = await orders("forget", "Someone@example.com");
    assert.equal(forgotten.stdout, "the addresses were removed from 1 order\n", forgotten.stderr);
    const refused = await orders("resend", orderId);
    assert.match(refused.stderr, /FAILED_PRECONDITION: the personal data of order .* was removed/);
    assert.equal((await orders("--failed")).stdout, "no order needs attention\n");
  });

  test("an operator's call that a proxy forwarded is refused", async () => {
    const client = new GrpcClient(shop.addressOf("checkoutservice"), credentials.createInsecure());
    after(() => client.close());
    const metadata = new Metadata();
    metadata.set("x-forwarded-for", "198.18.0.7");
    const path = "/hipstershop.OrderAdminService/ListOrders";
    const asBytes = (bytes: Buffer) => bytes;
    const failure = await new Promise<ServiceError | null>((resolve) => {
      client.makeUnaryRequest(path, asBytes, asBytes, Buffer.alloc(0), metadata, resolve);
    });
    assert.equal(failure?.code, 7);
    assert.match(failure?.details ?? "", /accepts only callers on the loopback address/);
  });
});

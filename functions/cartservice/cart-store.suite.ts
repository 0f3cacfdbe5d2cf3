import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type CartStore, maxLines, maxQuantity, removalTtlMs } from "./cart-store.ts";

/** An implementation to run the suite against. */
export interface StoreUnderTest {
  /** The name of the store in test titles. */
  name: string;
  /** The reason for skipping the suite; undefined if it can run. */
  skip: string | undefined;
  /** Opens the store of one test; a second call opens a second connection to the same data. */
  open(t: TestContext, ttlMs?: number): CartStore;
  /** Ages all carts and removals by the given time. */
  pass(milliseconds: number): Promise<void>;
}

/** Tests the contract of CartStore. */
export function describeCartStore({ name, skip, open, pass }: StoreUnderTest): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) =>
    test(`${name}: ${title}`, skip ? { skip } : {}, work);

  it("an unknown user has no lines", async (t) => {
    assert.deepEqual(await open(t).getCart("nobody"), []);
  });

  it("keeps lines in the order of their first addition and sums the quantity of a product", async (t) => {
    const store = open(t);
    assert.equal(await store.addItem("u", "A", 1), "ok");
    await store.addItem("u", "B", 2);
    await store.addItem("u", "A", 3);
    assert.deepEqual(await store.getCart("u"), [
      { productId: "A", quantity: 4 },
      { productId: "B", quantity: 2 },
    ]);
    assert.deepEqual(await store.getCart("v"), []);
  });

  it("sets a quantity, adds a line for a new product, removes the line for 0", async (t) => {
    const store = open(t);
    await store.addItem("u", "A", 5);
    assert.equal(await store.setItemQuantity("u", "A", 2), "ok");
    assert.equal(await store.setItemQuantity("u", "B", 7), "ok");
    assert.equal(await store.setItemQuantity("u", "gone", 0), "ok");
    assert.deepEqual(await store.getCart("u"), [
      { productId: "A", quantity: 2 },
      { productId: "B", quantity: 7 },
    ]);
    await store.setItemQuantity("u", "A", 0);
    assert.deepEqual(await store.getCart("u"), [{ productId: "B", quantity: 7 }]);
    await store.setItemQuantity("u", "B", 0);
    assert.deepEqual(await store.getCart("u"), []);
    await store.addItem("u", "C", 1);
    assert.deepEqual(await store.getCart("u"), [{ productId: "C", quantity: 1 }]);
  });

  it("adds to an emptied cart", async (t) => {
    const store = open(t);
    await store.addItem("u", "A", 1);
    await store.emptyCart("u");
    await store.emptyCart("u");
    assert.deepEqual(await store.getCart("u"), []);
    await store.addItem("u", "A", 2);
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: 2 }]);
  });

  it("removes what was ordered and keeps what was added meanwhile", async (t) => {
    const store = open(t);
    for (const productId of ["A", "B", "C"]) await store.addItem("u", productId, 3);
    const ordered = [
      { productId: "B", quantity: 3 },
      { productId: "gone", quantity: 1 },
      { productId: "C", quantity: 5 },
      { productId: "A", quantity: 1 },
    ];
    await store.removeItems("u", ordered, "order 1");
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: 2 }]);
    await store.removeItems("u", [{ productId: "A", quantity: 2 }], "order 2");
    assert.deepEqual(await store.getCart("u"), []);
    await store.addItem("u", "B", 1);
    assert.deepEqual(await store.getCart("u"), [{ productId: "B", quantity: 1 }]);
  });

  it("removes an order once, also if its products were added again", async (t) => {
    const store = open(t);
    const ordered = [{ productId: "A", quantity: 2 }];
    await store.addItem("u", "A", 2);
    await store.removeItems("u", ordered, "order");
    await store.addItem("u", "A", 3);
    await Promise.all([store, open(t)].map((each) => each.removeItems("u", ordered, "order")));
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: 3 }]);
    await store.addItem("v", "A", 3);
    await store.removeItems("v", ordered, "order");
    assert.deepEqual(await store.getCart("v"), [{ productId: "A", quantity: 1 }]);
  });

  it("removes an order once if it found an empty cart", async (t) => {
    const store = open(t);
    const ordered = [{ productId: "A", quantity: 2 }];
    await store.removeItems("u", ordered, "order");
    await store.addItem("u", "A", 2);
    await store.removeItems("u", ordered, "order");
    assert.deepEqual(await store.getCart("u"), ordered);
  });

  it("removes an order once if several instances remove it at the same time", async (t) => {
    const stores = [open(t), open(t), open(t)];
    await stores[0]?.addItem("u", "A", 100);
    const ordered = [{ productId: "A", quantity: 7 }];
    const removals = stores.flatMap((store) =>
      Array.from({ length: 5 }, () => store.removeItems("u", ordered, "order")),
    );
    await Promise.all(removals);
    assert.deepEqual(await open(t).getCart("u"), [{ productId: "A", quantity: 93 }]);
  });

  it("remembers a removal for 30 days", async (t) => {
    const store = open(t);
    const ordered = [{ productId: "A", quantity: 1 }];
    await store.removeItems("u", ordered, "order");
    await pass(removalTtlMs - 60_000);
    await store.addItem("u", "A", 2);
    await store.removeItems("u", ordered, "order");
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: 2 }]);
    await pass(120_000);
    await store.removeItems("u", ordered, "order");
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: 1 }]);
  });

  it("changes nothing if the sum exceeds int32", async (t) => {
    const store = open(t);
    assert.equal(await store.addItem("u", "A", maxQuantity), "ok");
    assert.equal(await store.addItem("u", "A", 1), "out-of-range");
    assert.deepEqual(await store.getCart("u"), [{ productId: "A", quantity: maxQuantity }]);
  });

  it("changes nothing if a new line exceeds the limit, and still changes existing lines", async (t) => {
    const store = open(t);
    for (let line = 0; line < maxLines; line += 1) await store.addItem("u", `P${line}`, 1);
    assert.equal(await store.addItem("u", "one more", 1), "too-many-lines");
    assert.equal(await store.setItemQuantity("u", "one more", 1), "too-many-lines");
    assert.equal(await store.setItemQuantity("u", "one more", 0), "ok");
    assert.equal(await store.addItem("u", "P7", 1), "ok");
    const lines = await store.getCart("u");
    assert.equal(lines.length, maxLines);
    assert.deepEqual(lines[7], { productId: "P7", quantity: 2 });
  });

  it("accepts any character in ids", async (t) => {
    const store = open(t);
    const id = `a"b'c\\d:e\n\u0000é✓😀/%s{}[]`;
    await store.addItem(id, id, 1);
    await store.addItem(id, id, 1);
    assert.deepEqual(await store.getCart(id), [{ productId: id, quantity: 2 }]);
  });

  it("expires a cart after its last change; a read does not extend it", async (t) => {
    const store = open(t, 400);
    await store.addItem("u", "A", 1);
    await pass(250);
    await store.addItem("u", "A", 1);
    await pass(250);
    assert.equal((await store.getCart("u")).length, 1);
    await pass(250);
    assert.deepEqual(await store.getCart("u"), []);
    await store.addItem("u", "B", 1);
    assert.deepEqual(await store.getCart("u"), [{ productId: "B", quantity: 1 }]);
  });

  it("keeps all concurrent additions of several connections", async (t) => {
    const stores = [open(t), open(t), open(t)];
    await Promise.all(
      stores.flatMap((store) =>
        Array.from({ length: 60 }, (_, index) => store.addItem("u", `P${index % 3}`, 1)),
      ),
    );
    const lines = await open(t).getCart("u");
    const sorted = lines.toSorted((a, b) => a.productId.localeCompare(b.productId));
    assert.deepEqual(
      sorted,
      ["P0", "P1", "P2"].map((productId) => ({ productId, quantity: 60 })),
    );
  });

  it("answers a ping until it is closed, and can be closed twice", async (t) => {
    const store = open(t);
    await store.ping();
    await store.close();
    await store.close();
    await assert.rejects(store.ping());
  });
}

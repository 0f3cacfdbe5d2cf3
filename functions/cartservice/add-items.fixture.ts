import { once } from "node:events";
import { createSqliteCartStore } from "./sqlite-cart-store.ts";

// Opens the store, says so, and adds as soon as its parent has heard that from all of them.
const [directory = "", userId = "", count = "0"] = process.argv.slice(2);
const store = createSqliteCartStore({ directory, ttlMs: 3_600_000, now: Date.now });
await store.ping();
process.send?.("open");
await once(process, "message");
for (let index = 0; index < Number(count); index += 1) {
  const outcome = await store.addItem(userId, "A", 1);
  if (outcome !== "ok") throw new Error(outcome);
}
await store.close();
process.disconnect();

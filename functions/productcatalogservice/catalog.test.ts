import assert from "node:assert/strict";
import { test } from "node:test";
import { createCatalog } from "./catalog.ts";
import { loadCatalog } from "./load-catalog.ts";

const searches = [
  { text: "", names: 9 },
  { text: "mug", names: ["Mug"] },
  { text: "MUG", names: ["Mug"] },
  { text: "kitchen", names: ["Salt & Pepper Shakers", "Bamboo Glass Jar"] },
  { text: "salt & pepper", names: ["Salt & Pepper Shakers"] },
  { text: "glass", names: ["Sunglasses", "Bamboo Glass Jar"] },
  { text: "combed cotton", names: ["Tank Top"] },
  { text: ".*", names: [] },
  { text: "no such thing", names: [] },
];

for (const { text, names } of searches) {
  test(`a search for "${text}" returns ${names.toString() || "no product"}`, async () => {
    const found = createCatalog(await loadCatalog(undefined)).search(text);
    if (typeof names === "number") assert.equal(found.length, names);
    else {
      assert.deepEqual(
        found.map(({ name }) => name),
        names,
      );
    }
  });
}

test("finds a product only by its exact id", async () => {
  const catalog = createCatalog(await loadCatalog(undefined));
  assert.equal(catalog.find("6E92ZMYYFZ")?.name, "Mug");
  for (const id of ["", "6e92zmyyfz", "6E92ZMYYFZ ", "constructor"]) {
    assert.equal(catalog.find(id), undefined);
  }
});

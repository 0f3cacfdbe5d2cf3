import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { configureLog } from "#runtime/log.ts";
import { renderMetrics } from "#runtime/metrics.ts";
import { ReloadedCatalog } from "./reloaded-catalog.ts";

const lifetimeMs = 60_000;

function catalogOf(units: number, name = "Mug"): string {
  const product = { id: "MUG", name, priceUsd: { currencyCode: "USD", units } };
  return JSON.stringify({ products: [product] });
}

/** A file in a folder that is a symbolic link, as in the volume of a ConfigMap, and a catalog with a clock. */
async function openCatalog(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "catalog-"));
  t.after(() => rm(folder, { recursive: true }));
  const lines: string[] = [];
  configureLog({ level: "info", write: (line) => lines.push(line) });
  const file = join(folder, "..data", "catalog.json");
  let swaps = 0;
  const swap = async (content: string) => {
    swaps += 1;
    const name = join(folder, `..${swaps}`);
    await mkdir(name);
    await writeFile(join(name, "catalog.json"), content);
    await symlink(name, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
  };
  await swap(catalogOf(8));
  let nowMs = 0;
  const catalogs = await ReloadedCatalog.open(file, lifetimeMs, () => nowMs);
  const price = async (version?: string) =>
    Number((await catalogs.at(version)).find("MUG")?.priceUsd?.units);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { file, catalogs, swap, price, pass, lines };
}

async function countReloads(outcome: string): Promise<number> {
  const { body } = await renderMetrics();
  const [, value = "0"] =
    new RegExp(`^shop_catalog_reloads_total\\{outcome="${outcome}"\\} (\\d+)`, "m").exec(body) ??
    [];
  return Number(value);
}

describe("a catalog's file that changes", () => {
  test("is read again by the first request after a second", async (t) => {
    const { swap, price, pass, lines } = await openCatalog(t);
    const before = await countReloads("accepted");
    await swap(catalogOf(9));
    pass(999);
    assert.equal(await price(), 8);
    pass(1);
    assert.deepEqual(await Promise.all([price(), price()]), [9, 9]);
    assert.equal((await countReloads("accepted")) - before, 1);
    assert.match(lines.join(""), /"message":"the catalog changed".*"products":1/);
  });

  test("is read again if it is written in place", async (t) => {
    const { file, price, pass } = await openCatalog(t);
    await writeFile(file, catalogOf(99));
    pass(1000);
    assert.equal(await price(), 99);
  });

  test("leaves the present catalog if it cannot be used, with one line for each change", async (t) => {
    const { file, swap, price, pass, lines } = await openCatalog(t);
    const before = await countReloads("refused");
    const errors = () => lines.filter((line) => line.includes('"severity":"ERROR"'));
    for (const [index, broken] of ["{", '{"products":[]}', catalogOf(-1)].entries()) {
      await swap(broken);
      for (let request = 0; request < 3; request += 1) {
        pass(1000);
        assert.equal(await price(), 8);
      }
      assert.equal(errors().length, index + 1);
    }
    assert.match(errors().at(-1) ?? "", /units is -1: expected a whole number/);
    await rm(file);
    pass(1000);
    assert.equal(await price(), 8);
    assert.equal((await countReloads("refused")) - before, 4);
    await swap(catalogOf(9));
    pass(1000);
    assert.equal(await price(), 9);
  });

  test("is not another version if only its form changed", async (t) => {
    const { catalogs, swap, pass } = await openCatalog(t);
    const { version } = await catalogs.present();
    const before = await countReloads("accepted");
    await swap(` ${catalogOf(8)}\n`);
    pass(1000);
    assert.equal((await catalogs.present()).version, version);
    assert.equal(await countReloads("accepted"), before);
    await swap(catalogOf(8, "Cup"));
    pass(1000);
    assert.notEqual((await catalogs.present()).version, version);
  });
});

describe("the version of a catalog that was replaced", () => {
  test("is kept for as long as pages may show it", async (t) => {
    const { catalogs, swap, price, pass } = await openCatalog(t);
    const { version: first } = await catalogs.present();
    await swap(catalogOf(9));
    pass(1000);
    assert.deepEqual([await price(), await price(first)], [9, 8]);
    pass(30_000);
    const { version: second } = await catalogs.present();
    await swap(catalogOf(10));
    pass(1000);
    assert.deepEqual([await price(), await price(first), await price(second)], [10, 8, 9]);
    pass(lifetimeMs - 31_000 - 1);
    assert.deepEqual([await price(), await price(first), await price(second)], [10, 8, 9]);
    pass(1);
    assert.deepEqual([await price(), await price(first), await price(second)], [10, 10, 9]);
    pass(lifetimeMs);
    assert.deepEqual([await price(), await price(first), await price(second)], [10, 10, 10]);
  });

  test("is the present one again if the change is undone", async (t) => {
    const { catalogs, swap, price, pass } = await openCatalog(t);
    const { version: first } = await catalogs.present();
    await swap(catalogOf(9));
    pass(1000);
    const { version: second } = await catalogs.present();
    await swap(catalogOf(8));
    pass(1000);
    assert.equal((await catalogs.present()).version, first);
    pass(lifetimeMs);
    assert.deepEqual([await price(first), await price(second)], [8, 8]);
  });

  test("is the present one for a version that is unknown", async (t) => {
    const { price } = await openCatalog(t);
    assert.deepEqual([await price("nobody knows it"), await price("")], [8, 8]);
  });
});

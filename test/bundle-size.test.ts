import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { functionsFolder, listFunctions } from "#manifest/manifest.ts";
import { recordPathOf } from "../bundle/freshness.ts";

// Each byte is read at a cold start. The budget of a function is that of the runtime plus that of its own
// packages.
const runtimeBudget = 752_500;
const packageBudgets: Readonly<Record<string, number>> = {
  cloudevents: 155_000,
  cockatiel: 16_500,
  hono: 190_000,
  ioredis: 295_000,
  jose: 27_000,
  nodemailer: 285_000,
};
// Own code beyond what the budget of the runtime includes.
const functionBudgets: Readonly<Record<string, number>> = {
  // The journal of orders, and the pricing of carts.
  checkoutservice: 27_000,
};

const bundles = listFunctions().map((name) => {
  const path = join(functionsFolder, name, "dist", "index.cjs");
  const { files } = JSON.parse(readFileSync(recordPathOf(path), "utf8")) as {
    files: Record<string, unknown>;
  };
  const packages = Object.keys(packageBudgets).filter((each) =>
    Object.keys(files).some((file) => file.startsWith(`node_modules/${each}/`)),
  );
  return { name, bytes: statSync(path).size, packages };
});

for (const { name, bytes, packages } of bundles) {
  test(`the bundle of ${name} is within its budget`, () => {
    const base = runtimeBudget + (functionBudgets[name] ?? 0);
    const budget = packages.reduce((sum, each) => sum + (packageBudgets[each] ?? 0), base);
    assert.ok(bytes <= budget, `${bytes} bytes: expected at most ${budget}`);
    // A budget that is far away allows a regression.
    assert.ok(bytes > budget * 0.9, `${bytes} bytes: lower the budget of ${budget}`);
  });
}

test("every package with a budget is in a bundle", () => {
  const used = new Set(bundles.flatMap(({ packages }) => packages));
  assert.deepEqual([...used].sort(), Object.keys(packageBudgets).sort());
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Budget, readBudget } from "./budget.ts";
import { checkBudget, type Figure } from "./check-budget.ts";
import { formatVerdicts } from "./report-budget.ts";

const start = "a".repeat(40);
const budget: Budget = {
  references: { start },
  figures: [
    { figure: "pages/home/perSecond", reference: "start", min: 1.6 },
    { figure: "boot/*/xFloor", max: 1.15 },
    { figure: "boot/*/xFloor", max: 1.1, isTarget: true },
    { figure: "memory/platform/bytes", max: 200e6 },
    { figure: "knative/home/p50Ms", max: 10, command: "npx shop load" },
  ],
};

const ratio = (name: string, value: number, reference = start): Figure => ({
  ...{ name, value, reference },
});
const own = (name: string, value: number): Figure => ({ name, value, reference: null });
const statesOf = (figures: readonly Figure[]) =>
  checkBudget(budget, figures).map(({ name, state }) => `${name}: ${state}`);

test("the budget of this checkout is valid and has limits of both kinds", () => {
  const { figures } = readBudget();
  assert.ok(figures.some(({ reference }) => reference !== undefined));
  assert.ok(figures.some(({ reference }) => reference === undefined));
});

test("each figure is ok, missed, exceeded or not measured", () => {
  const figures = [
    ratio("pages/home/perSecond", 1.59),
    own("boot/adservice/xFloor", 1.15),
    own("boot/cartservice/xFloor", 1.151),
  ];
  assert.deepEqual(statesOf(figures), [
    "pages/home/perSecond: exceeded",
    "boot/adservice/xFloor: ok",
    "boot/cartservice/xFloor: exceeded",
    "boot/adservice/xFloor: missed",
    "boot/cartservice/xFloor: missed",
    "memory/platform/bytes: not measured",
    "knative/home/p50Ms: not measured",
  ]);
});

test("a ratio to another commit than the budget's is not measured", () => {
  const [first] = statesOf([ratio("pages/home/perSecond", 9, "b".repeat(40))]);
  assert.equal(first, "pages/home/perSecond: not measured");
});

test("the last measurement of a figure counts", () => {
  const figures = [1.7, 1.5, 1.6].map((value) => ratio("pages/home/perSecond", value));
  assert.equal(statesOf(figures)[0], "pages/home/perSecond: ok");
});

test("the report lists each figure with its limit, and the command of one that was not measured", () => {
  const figures = [ratio("pages/home/perSecond", 1.5), own("memory/platform/bytes", 150e6)];
  assert.deepEqual(formatVerdicts(checkBudget(budget, figures)), [
    "Budget",
    "figure                 measured                budget",
    "pages/home/perSecond       1.50         at least 1.60  exceeded      against start",
    "boot/*/xFloor                 -          at most 1.15  not measured",
    "boot/*/xFloor                 -  target: at most 1.10  not measured",
    "memory/platform/bytes    150 MB        at most 200 MB  ok",
    "knative/home/p50Ms            -       at most 10.0 ms  not measured  npx shop load",
    "1 ok, 0 targets missed, 1 exceeded, 3 not measured",
  ]);
});

const wrong: [object, RegExp][] = [
  [{ figure: "", max: 1 }, /expected the name of a figure/],
  [{ figure: "order/ms" }, /expected either min or max/],
  [{ figure: "order/ms", min: 1, max: 2 }, /expected either min or max/],
  [{ figure: "order/ms", max: "1" }, /expected a number/],
  [{ figure: "order/ms", max: 1, reference: "end" }, /expected one of the references start/],
  [{ figure: "order/ms", max: 1, maximum: 1 }, /expected no maximum/],
  [{ figure: "order/ms", max: 1, isTarget: "yes" }, /expected isTarget to be true or missing/],
];

for (const [limit, message] of wrong) {
  test(`the limit ${JSON.stringify(limit)} is rejected`, () => {
    const text = JSON.stringify({ references: { start }, figures: [limit] });
    assert.throws(() => readBudget(text), message);
  });
}

test("a reference that is not a full hash is rejected", () => {
  const text = JSON.stringify({ references: { start: "HEAD" }, figures: [] });
  assert.throws(() => readBudget(text), /reference start: expected the full hash/);
});

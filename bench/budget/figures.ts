import type { LoadResult } from "#load/run.ts";
import { floors } from "../floors.ts";
import type { BenchResult } from "../run.ts";
import type { ComparisonResult } from "../run-comparison.ts";
import type { Figure } from "./check-budget.ts";

/** The figures of a result of `npm run bench -- --json` that a budget may limit. */
export function figuresOf(result: BenchResult): Figure[] {
  const { boot, comparison, platform, rpc } = result;
  return [
    ...(comparison ? figuresOfComparison(comparison) : []),
    ...(boot ? figuresOfBoot(boot) : []),
    ...(rpc?.functions ?? [])
      .filter(({ name }) => floors.every(({ functionName }) => functionName !== name))
      .map(({ name, perSecondXEcho }) => own(`rpc/${name}/xFloor`, perSecondXEcho.median)),
    ...(platform
      ? [
          own("zero/atZero/bytes", bytesOf(platform.atZero)),
          own("zero/afterUse/bytes", bytesOf(platform.afterUse)),
        ]
      : []),
  ];
}

/** The figures of a result of `shop load --out`, which ran against the shop on Knative. */
export function figuresOfLoad({ pages }: Pick<LoadResult, "pages">): Figure[] {
  const home = pages.find(({ page }) => page === "GET /");
  return home ? [own("knative/home/p50Ms", home.latencyMs.p50)] : [];
}

function figuresOfComparison(comparison: ComparisonResult): Figure[] {
  const { boots, rates, pages, orders, ordersXFloor, zero, starts, loaded } = comparison;
  const { commit } = comparison.reference;
  const ratio = (name: string, { ratio: { median } }: { ratio: { median: number } }): Figure => ({
    name,
    value: median,
    reference: commit,
  });
  return [
    ...(boots ?? []).map(({ name, xFloor }) => own(`boot/${name}/xFloor`, xFloor.checkout.median)),
    ...(rates ?? []).flatMap(({ name, xFloor, cpuXFloor }) => [
      own(`rpc/${name}/xFloor`, xFloor.checkout.median),
      ...(cpuXFloor ? [own(`rpc/${name}/cpuXFloor`, cpuXFloor.checkout.median)] : []),
    ]),
    ...(pages ?? []).flatMap(({ page, perSecond, oneUserMs, p99Ms }) => [
      ratio(`pages/${page}/perSecond`, perSecond),
      ratio(`pages/${page}/oneUserMs`, oneUserMs),
      ratio(`pages/${page}/p99Ms`, p99Ms),
    ]),
    ...(orders ? [ratio("order/ms", orders)] : []),
    ...(ordersXFloor ? [own("order/xFloor", ordersXFloor.median)] : []),
    ...(zero
      ? [
          own("zero/atZero/bytes", zero.atZero.checkout.p50),
          own("zero/afterUse/bytes", zero.afterUse.checkout.p50),
        ]
      : []),
    ...(starts
      ? [
          own("start/fresh/ms", starts.fresh.checkout.p50),
          own("start/unchanged/ms", starts.unchanged.checkout.p50),
        ]
      : []),
    ...(loaded?.shops.checkout.processes ?? []).map(({ name, rssBytes }) =>
      own(`memory/${name}/bytes`, rssBytes),
    ),
  ];
}

function figuresOfBoot({ functions, floors: measured }: NonNullable<BenchResult["boot"]>) {
  return functions.map(({ name, xEcho }) => {
    const floor = measured.find(({ functionName }) => functionName === name);
    return own(`boot/${name}/xFloor`, (floor?.functionXFloor ?? xEcho).median);
  });
}

function own(name: string, value: number): Figure {
  return { name, value, reference: null };
}

function bytesOf({ pssBytes, rssBytes }: NonNullable<BenchResult["platform"]>["atZero"]): number {
  return (pssBytes ?? rssBytes).median;
}

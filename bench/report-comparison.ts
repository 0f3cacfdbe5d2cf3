import { formatBytes, formatFigure, formatMs } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { ComparedBoot } from "./compare-boots.ts";
import type { ComparedRate } from "./compare-rates.ts";
import type { ComparedStarts } from "./compare-starts.ts";
import type { Compared, Sampled } from "./compared.ts";
import { formatRatio } from "./report-ratio.ts";
import { formatLoaded } from "./report-resident.ts";
import type { ComparedZero } from "./resident/compare-zero.ts";
import type { ComparisonResult } from "./run-comparison.ts";
import type { ComparedPage } from "./storefront/compare-pages.ts";
import type { ComparedStorefronts, PeerResult } from "./storefront/compare-storefronts.ts";
import type { OrderWrites } from "./storefront/order-writes.ts";

interface Row {
  readonly name: string;
  readonly figure: Compared | null;
  /** The last column. */
  readonly note?: string;
  readonly format?: (value: number) => string;
}

const meaning = "A / B: median and quartiles of the rounds' ratios; 95 %: interval of that median";

/** The figures of two checkouts as tables, with the meaning of the ratios. */
export function formatComparison(comparison: ComparisonResult): string[] {
  const { checkout, reference, boots, calls, rates, newFunctions, unsupported } = comparison;
  const { zero, starts, loaded } = comparison;
  return [
    describeCheckout(checkout),
    `B: ${reference.name}, ${shorten(reference.commit)}`,
    ...(unsupported ? [`boot and rpc were skipped: ${unsupported}`] : []),
    ...formatPart(
      "Spawn to first answer in ms, telemetry on",
      boots?.map(({ name, ms, call }) => ({ name, figure: ms, note: call })),
    ),
    ...formatPart(
      "Warm calls of one user in ms, telemetry on",
      calls?.map(({ name, ms, call }) => ({ name, figure: ms, note: call })),
    ),
    ...formatPart(
      "RPCs per second, 32 concurrent, telemetry on",
      rates?.map(({ name, perSecond, call }) => ({ name, figure: perSecond, note: call })),
    ),
    ...formatFloors("Boots over their own floors", boots),
    ...formatFloors(
      "Boots over their own floors with a code cache",
      boots?.map(({ xCachedFloor, ...boot }) => ({ ...boot, xFloor: xCachedFloor })),
    ),
    ...formatFloors("RPCs per second over those of their floors", rates),
    ...formatFloors("RPCs per second over those of closer floors", findCloser(rates)),
    ...formatClosers(rates),
    ...formatFloors("CPU time per RPC over that of their floors", findCpu(rates)),
    ...formatStorefronts(comparison),
    ...formatPart("Local platform and children, all functions at zero: PSS", rowsOfZero(zero)),
    ...formatPart("npm start until the first page is complete, in ms", rowsOfStarts(starts)),
    ...formatLoaded(loaded),
    meaning,
    ...(newFunctions.length > 0 ? [`not in B: ${newFunctions.join(", ")}`] : []),
  ];
}

function findCloser(rates: ComparisonResult["rates"]) {
  return rates?.flatMap(({ name, closerFloor: floor, xCloserFloor: xFloor }) =>
    floor === null || xFloor === null ? [] : [{ name, floor, xFloor }],
  );
}

function formatClosers(rates: ComparisonResult["rates"]): string[] {
  const cells = rates?.flatMap(({ name, closerFloor, closerXFloor: ratio }) =>
    closerFloor === null || ratio === null ? [] : [[name, formatRatio(ratio), closerFloor]],
  );
  if (!cells || cells.length === 0) return [];
  const title = "RPCs per second of the closer floors over those of the floors";
  return [title, ...formatTable([["", "ratio", "closer floor"], ...cells], [0, 2])];
}

function findCpu(rates: ComparisonResult["rates"]) {
  return rates?.flatMap(({ name, floor, cpuXFloor: xFloor }) =>
    xFloor === null ? [] : [{ name, floor, xFloor }],
  );
}

function formatFloors(
  title: string,
  rows:
    | readonly Pick<ComparedBoot | ComparedRate, "name" | "floor" | "xFloor">[]
    | null
    | undefined,
): string[] {
  if (!rows) return [];
  const cells = rows.map(({ name, xFloor, floor }) => [
    name,
    formatRatio(xFloor.checkout),
    formatRatio(xFloor.reference),
    floor,
  ]);
  return [title, ...formatTable([["", "A", "B", "floor"], ...cells], [0, 3])];
}

/** The pages and orders of this checkout and of a peer as tables. */
export function formatPeer(peer: PeerResult): string[] {
  return [describeCheckout(peer.checkout), `B: ${peer.url}`, ...formatStorefronts(peer), meaning];
}

function describeCheckout({ commit, isDirty }: ComparisonResult["checkout"]): string {
  return `A: this checkout, ${shorten(commit)}${isDirty ? " with changes" : ""}`;
}

function shorten(commit: string | null): string {
  return commit?.slice(0, 10) ?? "unknown commit";
}

function formatStorefronts(compared: ComparedStorefronts): string[] {
  const { pages, orders, ordersXFloor, orderWrites } = compared;
  return [
    ...formatPart("Pages through the local platform, warm", pages?.flatMap(rowsOf)),
    ...formatPart(
      "Orders in ms: POST until the page after the redirect is complete",
      orders ? [{ name: "order", figure: orders }] : undefined,
    ),
    ...(ordersXFloor ? [`A over the RPCs of an order alone: ${formatRatio(ordersXFloor)}`] : []),
    ...(orderWrites ? [formatWrites(orderWrites)] : []),
  ];
}

function formatWrites({ orderCount, ms, share }: OrderWrites): string {
  const percent = `${(share.median * 100).toFixed(0)} % of the POST`;
  return `A's journal, ledger and shipment: p50 ${formatMs(ms.median)}, ${percent} (n=${orderCount})`;
}

function rowsOf(compared: ComparedPage): Row[] {
  const { page, perSecond, p99Ms, oneUserMs, cpuMsPerPage, pssBytes } = compared;
  return [
    { name: `${page}, 10 users: pages/s`, figure: perSecond },
    { name: `${page}, 10 users: p99 in ms`, figure: p99Ms },
    { name: `${page}, 10 users: CPU in ms per page`, figure: cpuMsPerPage },
    { name: `${page}, 10 users: PSS`, figure: pssBytes, format: formatBytes },
    { name: `${page}, 1 user: ms`, figure: oneUserMs },
  ];
}

function rowsOfZero(zero: ComparedZero | null): Row[] | undefined {
  if (!zero) return undefined;
  const { atZero, afterUse, pageCount } = zero;
  return [
    { name: "before any call", figure: atZero, format: formatBytes },
    { name: `after ${pageCount} pages`, figure: afterUse, format: formatBytes },
  ];
}

function rowsOfStarts(starts: ComparedStarts | null): Row[] | undefined {
  if (!starts) return undefined;
  return [
    { name: "in a new checkout", figure: starts.fresh },
    { name: "again, nothing changed", figure: starts.unchanged },
  ];
}

function formatPart(title: string, rows: readonly Row[] | undefined): string[] {
  if (!rows) return [];
  const head = ["", "A p50", "p90", "n", "B p50", "p90", "n", "A / B", "95 %", ""];
  return [title, ...formatTable([head, ...rows.flatMap(formatRow)], [0, 9])];
}

function formatRow({ name, figure, note = "", format = formatFigure }: Row): string[][] {
  if (!figure) return [];
  const { checkout, reference, ratio, interval } = figure;
  const samples = ({ p50, p90, samples }: Sampled) => [
    ...[p50, p90].map(format),
    String(samples.length),
  ];
  return [
    [
      name,
      ...samples(checkout),
      ...samples(reference),
      formatRatio(ratio),
      interval ? formatRange(interval.low, interval.high) : "-",
      note,
    ],
  ];
}

function formatRange(low: number, high: number): string {
  return `[${low.toFixed(2)}-${high.toFixed(2)}]`;
}

import { formatBytes } from "#measure/format.ts";
import { formatTable } from "#measure/text-table.ts";
import type { ComparedLoaded, LoadedProcess, LoadedShop } from "./resident/compare-loaded.ts";

/** The memory of each process after the load as a table; a function that did not run has none. */
export function formatLoaded(loaded: ComparedLoaded | null): string[] {
  if (!loaded) return [];
  const { durationMs, shops } = loaded;
  const { checkout, reference } = shops;
  const names = new Set(
    [checkout, reference].flatMap(({ processes }) => processes.map(({ name }) => name)),
  );
  const rows = [...names].map((name) => {
    const [a, b] = [find(checkout, name), find(reference, name)];
    return [name, ...formatProcess(a), ...formatProcess(b), formatRatio(a, b)];
  });
  const describe = ({ acceptedCount, failedCount }: LoadedShop) =>
    `${acceptedCount} pages, ${failedCount} failed`;
  return [
    `Memory after ${durationMs / 1000} s of load by 10 users: RSS, and the highest RSS`,
    ...formatTable([["", "A", "highest", "B", "highest", "A / B"], ...rows]),
    `A: ${describe(checkout)}; B: ${describe(reference)}`,
  ];
}

function find({ processes }: LoadedShop, name: string): LoadedProcess | undefined {
  return processes.find((each) => each.name === name);
}

function formatProcess(process: LoadedProcess | undefined): string[] {
  if (!process) return ["-", "-"];
  return [process.rssBytes, process.peakRssBytes].map(formatBytes);
}

function formatRatio(a: LoadedProcess | undefined, b: LoadedProcess | undefined): string {
  return a && b ? (a.rssBytes / b.rssBytes).toFixed(2) : "-";
}

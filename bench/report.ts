import { formatBytes } from "#measure/format.ts";
import type { Spread } from "#measure/quantiles.ts";
import { formatTable } from "#measure/text-table.ts";
import type { BootResult } from "./measure-boot.ts";
import type { MemoryResult } from "./measure-memory.ts";
import type { RpcResult } from "./measure-rpc.ts";
import { formatComparison, formatPeer } from "./report-comparison.ts";
import { formatOverload } from "./report-overload.ts";
import { formatPages } from "./report-pages.ts";
import { formatPlatform } from "./report-platform.ts";
import { formatRatio } from "./report-ratio.ts";
import type { BenchResult } from "./run.ts";

type BootOf = BootResult["functions"][number];

/** The targets, for a quiet machine. */
const targets = {
  bootXNode: 2.5,
  pageBootXNode: 3,
  memoryXNode: 1.8,
  rpcXEcho: 2 / 3,
};

/** The results as tables; a ratio is a median with its quartiles. */
export function formatBench(result: BenchResult): string {
  const {
    machine,
    rounds,
    responseCache,
    boot,
    comparison,
    peer,
    memory,
    rpc,
    pages,
    platform,
    overload,
  } = result;
  const lines = [
    `Node.js ${machine.nodeVersion}, ${machine.cpuCount} x ${machine.cpuModel}, ${rounds} rounds`,
  ];
  if (responseCache === "off")
    lines.push("Functions keep no responses of others (RESPONSE_CACHE=off)");
  if (machine.loadAverage > 0.5) {
    lines.push(`The machine was not quiet: its load average was ${machine.loadAverage.toFixed(1)}`);
  }
  if (boot) lines.push("", ...formatBoot(boot));
  if (comparison) lines.push("", ...formatComparison(comparison));
  if (peer) lines.push("", ...formatPeer(peer));
  if (memory) lines.push("", ...formatMemory(memory));
  if (rpc) lines.push("", ...formatRpc(rpc));
  if (pages) lines.push("", ...formatPages(pages));
  if (platform) lines.push("", ...formatPlatform(platform));
  if (overload) lines.push("", ...formatOverload(overload));
  return lines.join("\n");
}

function formatBoot({ node, echo, functions, floors, baseline }: BootResult): string[] {
  const row = ({ name, call, ms, xNode, xEcho }: BootOf) => [
    name,
    ms.median.toFixed(1),
    formatRatio(xNode),
    formatRatio(xEcho),
    call,
  ];
  const lines = formatTable(
    [
      ["", "ms", "x node -e 0", "x echo", "call"],
      ["node -e 0", node.ms.median.toFixed(1), "", "", ""],
      ...[...floors, { name: "echo", ...echo }].map(({ name, ms, xNode }) => [
        name,
        ms.median.toFixed(1),
        formatRatio(xNode),
        "",
        "",
      ]),
      ...functions.map(row),
      ...(baseline ? [row(baseline)] : []),
    ],
    [0, 4],
  );
  return [
    "Spawn to first answer, telemetry on",
    ...lines,
    ...compareBoots(functions, floors),
    ...compareBaseline(baseline),
  ];
}

function compareBoots(functions: readonly BootOf[], floors: BootResult["floors"]): string[] {
  const isPage = ({ call }: BootOf) => call.startsWith("GET ");
  const readXNode = ({ xNode }: BootOf) => xNode;
  const rpcs = functions.filter((result) => !isPage(result));
  return [
    ...formatHighest(rpcs, readXNode, targets.bootXNode, "bare node"),
    ...formatHighest(functions.filter(isPage), readXNode, targets.pageBootXNode, "bare node"),
    ...floors.flatMap(({ name, functionName, functionXFloor }) =>
      functionXFloor
        ? [`${functionName} takes ${formatRatio(functionXFloor)} times its floor: ${name}`]
        : [],
    ),
  ];
}

function compareBaseline(baseline: BootResult["baseline"]): string[] {
  if (!baseline) {
    return ["the baseline was skipped: npm ci --prefix bench/baseline installs its packages"];
  }
  return baseline.xOurs ? [`the baseline takes ${formatRatio(baseline.xOurs)} times our time`] : [];
}

function formatMemory({ node, echo, functions, baseline }: MemoryResult): string[] {
  const row = ({ name, rssBytes, rssXNode, pssBytes, pssXNode }: MemoryResult["node"]) => [
    name,
    formatBytes(rssBytes.median),
    formatRatio(rssXNode),
    pssBytes ? formatBytes(pssBytes.median) : "-",
    pssXNode ? formatRatio(pssXNode) : "-",
  ];
  return [
    "Memory at rest",
    ...formatTable([
      ["", "RSS", "x node", "PSS", "x node"],
      ...[{ ...node, name: "node" }, echo, ...functions, ...(baseline ? [baseline] : [])].map(row),
    ]),
    ...formatHighest(
      functions,
      ({ rssXNode }) => rssXNode,
      targets.memoryXNode,
      "bare node by RSS",
    ),
    // Most of the resident set is Node.js itself, which all share: PSS is closer to the cost.
    ...formatHighest(
      functions.filter(({ pssXNode }) => pssXNode !== null),
      ({ pssXNode, rssXNode }) => pssXNode ?? rssXNode,
      targets.memoryXNode,
      "bare node by PSS",
    ),
  ];
}

function formatRpc({ concurrency, functions, baseline }: RpcResult): string[] {
  const rows = [...functions, ...(baseline ? [baseline] : [])].map((result) => [
    result.name,
    result.perSecond.median.toFixed(0),
    formatRatio(result.perSecondXEcho),
    result.p50Ms.median.toFixed(2),
    result.p99Ms.median.toFixed(2),
    formatRatio(result.p99XEcho),
    result.cpuXEcho ? formatRatio(result.cpuXEcho) : "-",
    (result.spanCount / result.callCount).toFixed(1),
    result.call,
  ]);
  const lowest = functions
    .filter(({ dependencyCount }) => dependencyCount === 0)
    .toSorted((a, b) => a.perSecondXEcho.median - b.perSecondXEcho.median)[0];
  return [
    `RPCs per second with telemetry on, ${concurrency} concurrent`,
    ...formatTable(
      [
        ["", "RPC/s", "x echo", "p50 ms", "p99 ms", "p99 x echo", "CPU x echo", "spans", "call"],
        ...rows,
      ],
      [0, 8],
    ),
    ...(lowest
      ? [
          `lowest without dependencies: ${lowest.name} ${lowest.perSecondXEcho.median.toFixed(2)} of the echo server ` +
            `(target: at least ${targets.rpcXEcho.toFixed(2)})`,
        ]
      : []),
  ];
}

function formatHighest<T extends { readonly name: string }>(
  functions: readonly T[],
  read: (result: T) => Spread,
  target: number,
  reference: string,
): string[] {
  const highest = functions.toSorted((a, b) => read(b).median - read(a).median)[0];
  if (!highest) return [];
  const factor = read(highest).median.toFixed(2);
  return [
    `highest: ${highest.name} ${factor}x ${reference} (target: at most ${target.toFixed(1)}x)`,
  ];
}

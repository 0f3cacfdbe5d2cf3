import { classOf, drawPicture, escapeXml, rowHeight, titleHeight } from "./draw-flames.ts";
import { type Flame, selfTimesOf } from "./fold-profiles.ts";
import { type CodeKind, codeKinds } from "./group-frames.ts";

const nameWidth = 200;
const barWidth = 415;
const gap = 4;
/** Node.js first, since each boot contains it. */
const kinds: readonly CodeKind[] = ["Node.js", ...codeKinds.filter((kind) => kind !== "Node.js")];

/**
 * Draws a bar for each function as an SVG document: the CPU time of its boot, divided by kinds of code.
 *
 * @param flame the folded profiles, with a flame for each function
 * @param cpuMs the CPU time of each function's boot in milliseconds
 */
export function drawBoots(flame: Flame, cpuMs: ReadonlyMap<string, number>): string {
  const maxMs = Math.max(...cpuMs.values());
  const functions = flame.children
    .map((child) => ({ child, ms: cpuMs.get(child.name) ?? 0 }))
    .toSorted((a, b) => b.ms - a.ms);
  const rows = functions.flatMap(({ child, ms }, row) => {
    const y = titleHeight + row * rowHeight;
    const size = (ms / maxMs) * barWidth;
    const text = (x: number, content: string) =>
      `<text x="${x.toFixed(1)}" y="${y + 24}">${escapeXml(content)}</text>`;
    return [
      text(0, child.name),
      ...drawBar(child, size, y),
      text(nameWidth + size + gap, `${Math.round(ms)} ms`),
    ];
  });
  const title = "Boots: CPU time until the first answer, by code";
  return drawPicture(title, rows, titleHeight + functions.length * rowHeight);
}

function drawBar(flame: Flame, size: number, y: number): string[] {
  const groups = selfTimesOf({ ...flame, children: [flame] });
  let left = nameWidth;
  return kinds.map((kind) => {
    const ofKind = groups.filter((group) => group.kind === kind);
    const share = ofKind.reduce((sum, { selfUs }) => sum + selfUs, 0) / flame.totalUs;
    const x = left;
    left += share * size;
    const title = `${flame.name}, ${kind}: ${(share * 100).toFixed(0)} %`;
    const rect = `<rect class="${classOf(kind)}" x="${x.toFixed(1)}" y="${y}" width="${(share * size).toFixed(1)}" height="${rowHeight - gap}"/>`;
    return `<g><title>${escapeXml(title)}</title>${rect}</g>`;
  });
}

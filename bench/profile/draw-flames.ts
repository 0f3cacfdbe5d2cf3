import type { Flame } from "./fold-profiles.ts";
import { type CodeKind, codeKinds } from "./group-frames.ts";

const width = 720;
/** The height of a row in pixels. */
export const rowHeight = 34;
const fontSize = 22;
/** The mean width of a character. */
const characterWidth = 11.6;
/** Narrower flames are left out. */
const minWidth = 2;
const gap = 1;
/** The height of the title in pixels. */
export const titleHeight = 44;

/** The colours of each kind: in a light and in a dark page. */
const colours: Readonly<Record<CodeKind, readonly [light: string, dark: string]>> = {
  shop: ["#bfe3d0", "#1f5c4a"],
  gRPC: ["#f7d9a8", "#7a5312"],
  "HTTP and pages": ["#c9d8f5", "#2f4f8a"],
  telemetry: ["#e3cdf0", "#5d3b78"],
  "Node.js": ["#dcdcd6", "#494d52"],
  "socket writes": ["#f5c6c2", "#8a3a33"],
  GC: ["#f2ec9f", "#66600f"],
};

/**
 * Draws a flame graph as an SVG document with the callers on top, which is readable in light and dark pages from 390
 * pixels on.
 *
 * @param title says what was profiled
 */
export function drawFlames(flame: Flame, title: string): string {
  const rows: string[] = [];
  let depth = 0;
  const draw = ({ name, kind, totalUs, children }: Flame, x: number, row: number): void => {
    const share = totalUs / flame.totalUs;
    const size = share * width;
    if (size < minWidth) return;
    depth = Math.max(depth, row + 1);
    rows.push(drawFlame({ name, kind, share, x, y: titleHeight + row * rowHeight, size }));
    let left = x;
    for (const child of children) {
      draw(child, left, row + 1);
      left += (child.totalUs / flame.totalUs) * width;
    }
  };
  let left = 0;
  for (const process of flame.children) {
    draw(process, left, 0);
    left += (process.totalUs / flame.totalUs) * width;
  }
  return drawPicture(title, rows, titleHeight + depth * rowHeight);
}

/**
 * An SVG document with a title and the colours' legend.
 *
 * @param rows elements of the picture, at most `bottom` pixels high with the title
 */
export function drawPicture(title: string, rows: readonly string[], bottom: number): string {
  const legendTop = bottom + 16;
  const height = legendTop + Math.ceil(codeKinds.length / 3) * rowHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(title)}</title>`,
    style,
    `<text x="0" y="28" class="h">${escapeXml(title)}</text>`,
    ...rows,
    ...drawLegend(legendTop),
    "</svg>",
    "",
  ].join("\n");
}

function drawFlame(flame: {
  readonly name: string;
  readonly kind: CodeKind;
  readonly share: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}): string {
  const { name, kind, share, x, y, size } = flame;
  const percent = `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
  const rect = `<rect class="${classOf(kind)}" x="${round(x)}" y="${y}" width="${round(size - gap)}" height="${rowHeight - gap}"/>`;
  const label = labelFor(name, percent, size - 8);
  const text = label && `<text x="${round(x + 4)}" y="${y + 24}">${escapeXml(label)}</text>`;
  return `<g><title>${escapeXml(`${name}: ${percent}`)}</title>${rect}${text}</g>`;
}

/** As much of the name and its share as fits; empty if less than three characters do. */
function labelFor(name: string, percent: string, size: number): string {
  const room = Math.floor(size / characterWidth);
  const full = `${name} ${percent}`;
  if (full.length <= room) return full;
  if (name.length <= room) return name;
  return room < 4 ? "" : `${name.slice(0, room - 1)}…`;
}

function drawLegend(top: number): string[] {
  return codeKinds.map((kind, index) => {
    const x = (index % 3) * (width / 3);
    const y = top + Math.floor(index / 3) * rowHeight;
    return `<rect class="${classOf(kind)}" x="${x}" y="${y}" width="24" height="24"/><text x="${x + 32}" y="${y + 20}">${escapeXml(kind)}</text>`;
  });
}

const style = `<style>
svg{font:${fontSize}px system-ui,-apple-system,"Segoe UI",sans-serif;background:#fbfaf7}
text{fill:#1f2937} .h{font-weight:600}
${codeKinds.map((kind) => `.${classOf(kind)}{fill:${colours[kind][0]}}`).join(" ")}
@media (prefers-color-scheme:dark){svg{background:#14181f} text{fill:#eef1f7}
${codeKinds.map((kind) => `.${classOf(kind)}{fill:${colours[kind][1]}}`).join(" ")}}
</style>`;

/** The class of a kind of code, which has its colour. */
export function classOf(kind: CodeKind): string {
  return `k${codeKinds.indexOf(kind)}`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}

/** Text as XML. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

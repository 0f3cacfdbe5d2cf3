/** A point in pixels, from the top left, and the label that it needs. */
export interface LabelledPoint {
  readonly xPx: number;
  readonly yPx: number;
  readonly label: string;
}

/** Where a label goes: how far from its point, and which side of it is there. */
export interface LabelPlace {
  readonly align: "left" | "right";
  readonly dxPx: number;
  readonly dyPx: number;
}

const characterPx = 6.6;
const linePx = 14;

const places: readonly LabelPlace[] = [-10, 12, -24, 26, -38, 40].flatMap((dyPx) => [
  { align: "left" as const, dxPx: 8, dyPx },
  { align: "right" as const, dxPx: -8, dyPx },
]);

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Places labels beside their points so that none covers another or a point, or leaves the plot, as
 * far as there is room: one after the other, each at the first place that is free.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): LabelPlace[] {
  const taken: Box[] = points.map(({ xPx, yPx }) => boxAround(xPx, yPx));
  return points.map((point) => {
    const isFree = (place: LabelPlace) => {
      const box = boxOf(point, place);
      const isWithin = box.left >= 0 && box.right <= widthPx;
      const isInside = isWithin && box.top >= 0 && box.bottom <= heightPx;
      return isInside && !taken.some((other) => overlap(box, other));
    };
    const place = places.find(isFree) ?? { align: "left", dxPx: 8, dyPx: -10 };
    taken.push(boxOf(point, place));
    return place;
  });
}

function boxAround(xPx: number, yPx: number): Box {
  return { left: xPx - 5, right: xPx + 5, top: yPx - 5, bottom: yPx + 5 };
}

function boxOf({ xPx, yPx, label }: LabelledPoint, { align, dxPx, dyPx }: LabelPlace): Box {
  const lengthPx = label.length * characterPx;
  const left = xPx + dxPx - (align === "right" ? lengthPx : 0);
  const middle = yPx + dyPx;
  return { left, right: left + lengthPx, top: middle - linePx / 2, bottom: middle + linePx / 2 };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

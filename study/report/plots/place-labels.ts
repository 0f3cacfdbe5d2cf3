/** A point with a label. Pixels from the top left. */
export interface LabelledPoint {
  /** From the left. */
  readonly xPx: number;
  /** From the top. */
  readonly yPx: number;
  /** The text. */
  readonly label: string;
}

/** The position of a label relative to its point. */
export interface LabelPlace {
  /** The side of the label that is at the point. */
  readonly align: "left" | "right";
  /** Pixels to the right. */
  readonly dxPx: number;
  /** Pixels down. */
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
 * Places labels beside their points so that none overlaps another label or a point, or leaves the
 * plot, if they fit: in order, each at the first free position.
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

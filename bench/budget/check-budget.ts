import type { Budget, Limit } from "./budget.ts";

/** A measured figure. */
export interface Figure {
  /** Such as `pages/home/perSecond`. */
  readonly name: string;
  /** A ratio, or a value in the unit that the name ends with. */
  readonly value: number;
  /** The full hash of the commit that a ratio refers to; null for a figure of this checkout alone. */
  readonly reference: string | null;
}

/** The check of one figure. */
export interface Verdict {
  /** The limit. */
  readonly limit: Limit;
  /** The figure's name; for a limit that matches nothing measured, that of the limit. */
  readonly name: string;
  /** The measured value; null if it was not measured. */
  readonly measured: number | null;
  /** Whether it is within the limit; `missed` for a target that is not reached. */
  readonly state: "ok" | "missed" | "exceeded" | "not measured";
}

/** Checks figures; if one was measured more than once, the last one counts. */
export function checkBudget({ references, figures: limits }: Budget, figures: readonly Figure[]) {
  return limits.flatMap((limit): Verdict[] => {
    const commit = limit.reference === undefined ? null : references[limit.reference];
    const pattern = patternOf(limit.figure);
    const measured = new Map(
      figures
        .filter(({ name, reference }) => pattern.test(name) && reference === commit)
        .map(({ name, value }) => [name, value]),
    );
    if (measured.size === 0) {
      return [{ limit, name: limit.figure, measured: null, state: "not measured" }];
    }
    return [...measured].map(([name, value]) => ({
      limit,
      name,
      measured: value,
      state: isWithin(value, limit) ? "ok" : limit.isTarget ? "missed" : "exceeded",
    }));
  });
}

function patternOf(figure: string): RegExp {
  return new RegExp(`^${figure.replaceAll("*", "[^/]*")}$`);
}

function isWithin(
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: Limit,
): boolean {
  return value >= min && value <= max;
}

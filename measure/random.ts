/** A source of numbers from 0 (included) to 1 (excluded), such as `Math.random`. */
export type Random = () => number;

/**
 * A source that draws the same numbers for the same seed and stream; the streams of a seed are
 * independent. The generator is sfc32 (Chris Doty-Humphrey's PractRand), whose 128 bits of state are
 * mixed before the first draw.
 */
export function createRandom(seed: number, stream = 0): Random {
  let a = seed >>> 0;
  let b = stream >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) >>> 0) + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  };
  for (let round = 0; round < 16; round++) next();
  return next;
}

/** A whole number from min to max, both included, uniformly distributed. */
export function pickInteger(random: Random, min: number, max: number): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** One of the items, uniformly distributed. */
export function pickOne<T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/**
 * Draws up to `count` different entries; each order of each choice is equally likely. Does not change the
 * list.
 *
 * @param random returns a number from 0 to below 1
 */
export function sample<T>(list: readonly T[], count: number, random: () => number): T[] {
  const rest = [...list];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  }
  return drawn;
}

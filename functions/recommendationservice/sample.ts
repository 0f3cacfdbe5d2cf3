/**
 * Draws up to `count` entries, none of them twice; each order of each choice is equally likely.
 * The list is left as it is.
 *
 * @param random a number from 0 up to but not including 1 at every call
 */
export function sample<T>(list: readonly T[], count: number, random: () => number): T[] {
  const rest = [...list];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(random() * rest.length), 1));
  }
  return drawn;
}

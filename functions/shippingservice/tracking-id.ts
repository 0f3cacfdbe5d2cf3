import type { Address } from "#protos/hipstershop.ts";

/**
 * Creates a tracking id as Online Boutique does: two letters from A to Y, the length of the address in
 * bytes and three digits, half that length and seven digits, such as `QK-20417-103384756`.
 *
 * @param random returns a number from 0 to below 1
 */
export function createTrackingId(address: Address, random: () => number): string {
  const { streetAddress, city, state } = address;
  const length = Buffer.byteLength(`${streetAddress}, ${city}, ${state}`);
  const letters = drawLetter(random) + drawLetter(random);
  const half = Math.floor(length / 2);
  return `${letters}-${length}${drawDigits(3, random)}-${half}${drawDigits(7, random)}`;
}

function drawLetter(random: () => number): string {
  return String.fromCharCode(65 + Math.floor(random() * 25));
}

function drawDigits(count: number, random: () => number): string {
  return Array.from({ length: count }, () => Math.floor(random() * 10)).join("");
}

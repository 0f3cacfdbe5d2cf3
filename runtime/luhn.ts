/**
 * Whether a number satisfies the Luhn check (ISO/IEC 7812-1, annex B): counted from the right, every
 * second digit is doubled, and the sum of all digits is a multiple of 10.
 *
 * @param digits ASCII digits only, the check digit last
 */
export function satisfiesLuhn(digits: string): boolean {
  return luhnSum(digits) % 10 === 0;
}

/** The check digit that, appended to the digits, makes a number that satisfies the Luhn check. */
export function luhnCheckDigit(digits: string): number {
  return (10 - (luhnSum(`${digits}0`) % 10)) % 10;
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const value = index % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum;
}

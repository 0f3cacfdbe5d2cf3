import { isEmailAddress, maxEmailAddressLength } from "./email-address.ts";
import { StatusError } from "./status.ts";

/**
 * Rejects a request whose message field is absent.
 *
 * @param field the field's name in the proto, such as `from` or `credit_card`
 * @throws StatusError INVALID_ARGUMENT
 */
export function requireMessage<T>(message: T | undefined, field: string): T {
  if (message === undefined) throw invalid(`${field} is missing`);
  return message;
}

/**
 * Rejects a text that is empty or longer than `maxLength` UTF-16 code units.
 *
 * @throws StatusError INVALID_ARGUMENT
 */
export function requireText(text: string, field: string, maxLength: number): string {
  if (text === "") throw invalid(`${field} is missing`);
  return limitText(text, field, maxLength);
}

/**
 * Rejects a text that is longer than `maxLength` UTF-16 code units; an empty one is valid.
 *
 * @throws StatusError INVALID_ARGUMENT
 */
export function limitText(text: string, field: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  throw invalid(`${field} has ${text.length} characters: expected at most ${maxLength}`);
}

/**
 * Rejects a list of more than `maxCount` entries; an empty one is valid.
 *
 * @throws StatusError INVALID_ARGUMENT
 */
export function limitList<T>(list: readonly T[], field: string, maxCount: number): readonly T[] {
  if (list.length <= maxCount) return list;
  throw invalid(`${field} has ${list.length} entries: expected at most ${maxCount}`);
}

/**
 * Rejects a text that is not one e-mail address. The message does not have it: messages are logged, and a
 * mistyped address is personal data too.
 *
 * @throws StatusError INVALID_ARGUMENT
 */
export function requireEmailAddress(text: string, field: string): string {
  requireText(text, field, maxEmailAddressLength);
  if (isEmailAddress(text)) return text;
  const found = `${field} is not a valid address (${text.length} characters)`;
  throw invalid(`${found}: expected one such as me@example.com`);
}

/** Quotes a text from the caller for a message, at most its first 40 UTF-16 code units. */
export function quote(text: string): string {
  return JSON.stringify(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text);
}

const shownLength = 40;

/** The error of a request that breaks a rule; the message names the field, its value and the rule. */
export function invalid(message: string): StatusError {
  return new StatusError("INVALID_ARGUMENT", message);
}

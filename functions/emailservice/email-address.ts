/** Whether a mail can be addressed to the text, which is one address and nothing else. */
export function isPlausibleAddress(text: string): boolean {
  return text.length <= maxAddressLength && pattern.test(text);
}

// RFC 5321 section 4.5.3.1.3: a path has at most 256 octets, its angle brackets included.
const maxAddressLength = 254;

// No blank, control character or character of an address list's syntax before the at sign, and a
// domain with a dot: what mail servers in practice deliver to, not all that RFC 5321 allows.
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?`;
const pattern = new RegExp(
  String.raw`^[^\s\p{Cc}@"(),:;<>[\]\\]{1,64}@(?:${label}\.)+${label}$`,
  "u",
);

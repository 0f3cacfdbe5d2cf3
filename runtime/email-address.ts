/** The maximum length of an e-mail address in characters (RFC 5321: a path of 256, including angle brackets). */
export const maxEmailAddressLength = 254;

/**
 * Whether a text is one e-mail address that any mail server can deliver to. It must follow HTML's rule for
 * `<input type="email">` and the further rules of RFC 5321 and the DNS: limited lengths, no empty parts
 * between dots before the at sign, a domain of two labels or more, the last one not a number.
 *
 * Only ASCII is accepted. Other characters before the at sign need SMTPUTF8 (RFC 6531) at every server
 * on the path; an internationalized domain is accepted in its ASCII form (`xn--...`), which browsers
 * send for it. Quoted local parts, comments and address literals are not accepted.
 */
export function isEmailAddress(text: string): boolean {
  return text.length <= maxEmailAddressLength && pattern.test(text);
}

// RFC 5322 section 3.2.3.
const atext = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]";
// RFC 1034 section 3.5, with RFC 1123's digits at the start.
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
// RFC 5321 section 4.5.3.1.1 limits the local part; RFC 3696 section 2 the last label.
const pattern = new RegExp(
  String.raw`^(?=[^@]{1,64}@)${atext}+(?:\.${atext}+)*@(?:${label}\.)+(?!\d+$)${label}$`,
);

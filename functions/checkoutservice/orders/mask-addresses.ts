/** Replaces the e-mail addresses in a text, which must not appear in logs and failures. */
export function maskAddresses(text: string): string {
  return text.replace(/[^\s"'<>(),:;]+@[^\s"'<>(),:;]+/g, "***");
}

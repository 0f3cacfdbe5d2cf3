/** A content coding that the shop sends, by its name in HTTP. */
export type ContentEncoding = "br" | "gzip";

/**
 * Chooses the content coding of a response: of those available, the one that the client prefers
 * (RFC 9110, section 12.5.3). Undefined if the response is not to be encoded.
 *
 * @param accepted the value of Accept-Encoding
 * @param available the possible codings; of two with the same weight the earlier one is chosen
 */
export function chooseEncoding(
  accepted: string | undefined,
  available: readonly ContentEncoding[],
): ContentEncoding | undefined {
  const weights = readWeights(accepted ?? "");
  let chosen: ContentEncoding | undefined;
  let highest = 0;
  for (const encoding of available) {
    const weight = weights.get(encoding) ?? weights.get("*") ?? 0;
    if (weight > highest) [chosen, highest] = [encoding, weight];
  }
  return chosen;
}

/** The weight of each element of an Accept header, from 0 to 1, by its name in lower case. */
export function readWeights(accepted: string): ReadonlyMap<string, number> {
  return new Map(
    accepted.split(",").map((element) => {
      const [name = "", ...parameters] = element.split(";").map((text) => text.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter));
      return [name.toLowerCase(), weight === undefined ? 1 : Number(weight.slice(2)) || 0];
    }),
  );
}

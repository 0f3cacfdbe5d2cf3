/**
 * The hidden fields of the page's form with an action: a browser sends them with the visitor's input.
 * Online Boutique's order form has none.
 */
export function hiddenFieldsOf(page: string, action: string): Record<string, string> {
  for (const [, start = "", content = ""] of page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)) {
    if (attributeOf(start, "action") !== action) continue;
    const inputs = [...content.matchAll(/<input\b([^>]*)>/g)].map(
      ([, attributes = ""]) => attributes,
    );
    const hidden = inputs.filter((attributes) => attributeOf(attributes, "type") === "hidden");
    return Object.fromEntries(
      hidden.map((attributes) => [
        attributeOf(attributes, "name"),
        attributeOf(attributes, "value"),
      ]),
    );
  }
  return {};
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "";
}

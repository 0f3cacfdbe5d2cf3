import { type RenderOptions, render } from "lit-html";

/** The element with this id; throws if the page has none. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

const shown = new Set<string>();

/** Renders into the element with this id; the first call replaces the element's original content. */
export function show(id: string, content: unknown, options?: RenderOptions): void {
  const container = byId(id);
  if (!shown.has(id)) container.replaceChildren();
  shown.add(id);
  render(content, container, options);
}

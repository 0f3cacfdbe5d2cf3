import type { ZipkinSpan } from "../../zipkin/span.ts";
import { byId, element, setText } from "./dom.ts";
import { formatMs, plural } from "./format.ts";
import { extentOf, orderSpans, type SpanRow } from "./span-tree.ts";

/** The dialog that shows one trace; it follows `#trace=ID` in the page's address. */
export class WaterfallView {
  readonly #dialog = byId("trace") as HTMLDialogElement;
  readonly #hues = new Map<string, number>();

  constructor() {
    byId("trace-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => {
      if (location.hash !== "") history.pushState(null, "", location.pathname);
    });
    // A click beside the dialog hits the element itself: its content covers the rest.
    this.#dialog.addEventListener("click", (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    addEventListener("hashchange", () => void this.#follow());
    addEventListener("popstate", () => void this.#follow());
    void this.#follow();
  }

  async #follow(): Promise<void> {
    const [, id] = /^#trace=([0-9a-f]{1,32})$/i.exec(location.hash) ?? [];
    if (id === undefined) {
      this.#dialog.close();
      return;
    }
    if (!this.#dialog.open) this.#dialog.showModal();
    setText(byId("trace-title"), "Trace");
    setText(byId("trace-facts"), id);
    byId("waterfall").replaceChildren();
    try {
      const response = await fetch(`/api/v2/trace/${id}`);
      if (!response.ok) throw new Error(await response.text());
      this.#show(id, (await response.json()) as ZipkinSpan[]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      byId("waterfall").replaceChildren(element("p", { class: "empty" }, message));
    }
  }

  #show(id: string, spans: readonly ZipkinSpan[]): void {
    const rows = orderSpans(spans);
    const { startUs, endUs } = extentOf(spans);
    const services = new Set(spans.map(serviceOf));
    const root = rows[0]?.span;
    setText(byId("trace-title"), root ? (root.name ?? "Trace") : "Trace");
    const facts = [
      formatMs((endUs - startUs) / 1000),
      plural(spans.length, "span"),
      plural(services.size, "function"),
      new Date(startUs / 1000).toLocaleTimeString("en-GB"),
      id,
    ];
    setText(byId("trace-facts"), facts.join(" · "));
    const scale = { startUs, lengthUs: Math.max(1, endUs - startUs) };
    byId("waterfall").replaceChildren(
      createRuler(scale.lengthUs),
      element("ul", { class: "spans" }, ...rows.map((row) => this.#createRow(row, scale))),
    );
  }

  #createRow({ span, depth }: SpanRow, scale: { startUs: number; lengthUs: number }): HTMLElement {
    const { timestamp = scale.startUs, duration = 0, tags = {} } = span;
    const phase = /^faas\.boot\.(\w+)$/.exec(span.name ?? "")?.[1];
    const bar = element("span", { class: "span-bar", "data-phase": phase });
    bar.style.setProperty("--from", String((timestamp - scale.startUs) / scale.lengthUs));
    bar.style.setProperty("--share", String(duration / scale.lengthUs));
    bar.style.setProperty("--hue", String(this.#hueOf(serviceOf(span))));
    const isCold = tags["faas.coldstart"] === "true";
    const failed = tags.error !== undefined;
    const name = element(
      "span",
      { class: "span-name" },
      element("span", { class: "span-service" }, serviceOf(span)),
      element("span", { class: "span-operation" }, shorten(span.name ?? "")),
      ...(isCold ? [element("span", { class: "chip cold" }, "❄ cold start")] : []),
      ...(failed ? [element("span", { class: "chip failed" }, "error")] : []),
    );
    name.style.setProperty("--depth", String(Math.min(depth, 12)));
    name.style.setProperty("--hue", String(this.#hueOf(serviceOf(span))));
    const kind = span.kind?.toLowerCase() ?? "internal";
    return element(
      "li",
      {},
      element(
        "details",
        { class: "span" },
        element(
          "summary",
          {},
          name,
          element("span", { class: "span-track" }, bar),
          element("span", { class: "span-duration" }, formatMs(duration / 1000)),
        ),
        createTags({ "span.kind": kind, "span.id": span.id, ...tags }),
      ),
    );
  }

  // Golden angle: neighbours in the order of their first appearance differ most.
  #hueOf(service: string): number {
    const known = this.#hues.get(service) ?? (this.#hues.size * 137.5 + 165) % 360;
    this.#hues.set(service, known);
    return known;
  }
}

function serviceOf(span: ZipkinSpan): string {
  return span.localEndpoint?.serviceName ?? "unknown";
}

// The service stands beside it already.
function shorten(name: string): string {
  return name.replace(/^hipstershop\./, "");
}

function createRuler(lengthUs: number): HTMLElement {
  const ruler = element("div", { class: "ruler", "aria-hidden": "true" });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    ruler.append(element("span", {}, share === 0 ? "0" : formatMs((lengthUs * share) / 1000)));
  }
  return element("div", { class: "ruler-row" }, ruler);
}

function createTags(tags: Readonly<Record<string, string>>): HTMLElement {
  const list = element("dl", { class: "tags" });
  for (const [key, value] of Object.entries(tags)) {
    list.append(element("dt", {}, key), element("dd", {}, value));
  }
  return list;
}

import { formatMs } from "#measure/format.ts";
import { bootPhaseOf } from "#traces/known-spans.ts";
import { isCold, isFailed } from "#traces/span.ts";
import { layOutWaterfall, type WaterfallRow } from "#traces/waterfall.ts";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";
import { byId, element, setText } from "./dom.ts";
import { plural } from "./format.ts";

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
    const { startUs, durationUs, rows } = layOutWaterfall(readZipkinSpans(spans));
    const services = new Set(rows.map(({ span }) => span.service));
    setText(byId("trace-title"), rows[0]?.span.name || "Trace");
    const facts = [
      formatMs(durationUs / 1000),
      plural(spans.length, "span"),
      plural(services.size, "function"),
      new Date(startUs / 1000).toLocaleTimeString("en-GB"),
      id,
    ];
    setText(byId("trace-facts"), facts.join(" · "));
    byId("waterfall").replaceChildren(
      createRuler(durationUs),
      element("ul", { class: "spans" }, ...rows.map((row) => this.#createRow(row))),
    );
  }

  #createRow({ span, depth, offset, share }: WaterfallRow): HTMLElement {
    const service = span.service || "unknown";
    const phase = bootPhaseOf(span);
    const bar = element("span", { class: "span-bar", "data-phase": phase });
    bar.style.setProperty("--from", String(offset));
    bar.style.setProperty("--share", String(share));
    bar.style.setProperty("--hue", String(this.#hueOf(service)));
    const name = element(
      "span",
      { class: "span-name" },
      element("span", { class: "span-service" }, service),
      element("span", { class: "span-operation" }, shorten(span.name)),
      ...(isCold(span) ? [element("span", { class: "chip cold" }, "❄ cold start")] : []),
      ...(isFailed(span) ? [element("span", { class: "chip failed" }, "error")] : []),
    );
    name.style.setProperty("--depth", String(Math.min(depth, 12)));
    name.style.setProperty("--hue", String(this.#hueOf(service)));
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
          element("span", { class: "span-duration" }, formatMs(span.durationUs / 1000)),
        ),
        createTags({ "span.kind": span.kind, "span.id": span.id, ...span.tags }),
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

import { html, nothing, type TemplateResult } from "lit-html";
import { formatMs } from "#measure/format.ts";
import { bootPhaseOf } from "#traces/known-spans.ts";
import { isCold, isFailed } from "#traces/span.ts";
import { layOutWaterfall, type WaterfallRow } from "#traces/waterfall.ts";
import { readZipkinSpans, type ZipkinSpan } from "#traces/zipkin.ts";
import { plural } from "./format.ts";
import { byId, show } from "./show.ts";

/** The dialog that shows one trace; it follows `#trace=ID` in the page's address. */
export class WaterfallView {
  readonly #dialog = byId("trace") as HTMLDialogElement;
  readonly #hues = new Map<string, number>();

  constructor() {
    byId("trace-close").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => {
      if (location.hash !== "") history.pushState(null, "", location.pathname);
    });
    // A click on the backdrop has the dialog as its target: the content covers the dialog itself.
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
    this.#show("Trace", [id], nothing);
    try {
      const response = await fetch(`/api/v2/trace/${id}`);
      if (!response.ok) throw new Error(await response.text());
      this.#showTrace(id, (await response.json()) as ZipkinSpan[]);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#show("Trace", [id], html`<p class="empty">${message}</p>`);
    }
  }

  #show(title: string, facts: readonly string[], content: unknown): void {
    byId("trace-title").textContent = title;
    byId("trace-facts").textContent = facts.join(" · ");
    show("waterfall", content);
  }

  #showTrace(id: string, spans: readonly ZipkinSpan[]): void {
    const { startUs, durationUs, rows } = layOutWaterfall(readZipkinSpans(spans));
    const services = new Set(rows.map(({ span }) => span.service));
    const facts = [
      formatMs(durationUs / 1000),
      plural(spans.length, "span"),
      plural(services.size, "function"),
      new Date(startUs / 1000).toLocaleTimeString("en-GB"),
      id,
    ];
    const content = html`${drawRuler(durationUs)}
      <ul class="spans">
        ${rows.map((row) => this.#drawRow(row))}
      </ul>`;
    this.#show(rows[0]?.span.name || "Trace", facts, content);
  }

  #drawRow({ span, depth, offset, share }: WaterfallRow): TemplateResult {
    const service = span.service || "unknown";
    const hue = this.#hueOf(service);
    const phase = bootPhaseOf(span);
    return html`<li>
      <details class="span">
        <summary>
          <span class="span-name" .style=${`--depth: ${Math.min(depth, 12)}; --hue: ${hue}`}>
            <span class="span-service">${service}</span>
            <span class="span-operation">${shorten(span.name)}</span>
            ${isCold(span) ? html`<span class="chip cold">❄ cold start</span>` : nothing}
            ${isFailed(span) ? html`<span class="chip failed">error</span>` : nothing}
          </span>
          <span class="span-track"
            ><span
              class="span-bar"
              data-phase=${phase ?? nothing}
              .style=${`--from: ${offset}; --share: ${share}; --hue: ${hue}`}
            ></span
          ></span>
          <span class="span-duration">${formatMs(span.durationUs / 1000)}</span>
        </summary>
        ${drawTags({ "span.kind": span.kind, "span.id": span.id, ...span.tags })}
      </details>
    </li>`;
  }

  // The golden angle: services that first appear one after the other get different hues.
  #hueOf(service: string): number {
    const known = this.#hues.get(service) ?? (this.#hues.size * 137.5 + 165) % 360;
    this.#hues.set(service, known);
    return known;
  }
}

// The package is the same for all functions.
function shorten(name: string): string {
  return name.replace(/^hipstershop\./, "");
}

function drawRuler(lengthUs: number): TemplateResult {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    share === 0 ? "0" : formatMs((lengthUs * share) / 1000),
  );
  return html`<div class="ruler-row">
    <div class="ruler" aria-hidden="true">${marks.map((mark) => html`<span>${mark}</span>`)}</div>
  </div>`;
}

function drawTags(tags: Readonly<Record<string, string>>): TemplateResult {
  return html`<dl class="tags">
    ${Object.entries(tags).map(
      ([key, value]) => html`<dt>${key}</dt>
        <dd>${value}</dd>`,
    )}
  </dl>`;
}

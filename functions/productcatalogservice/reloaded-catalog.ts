import { stat } from "node:fs/promises";
import { log } from "#runtime/log.ts";
import { counter } from "#runtime/metrics.ts";
import { type Catalog, createCatalog } from "./catalog.ts";
import { loadCatalog } from "./load-catalog.ts";

const reloads = counter({
  name: "shop_catalog_reloads_total",
  help: "Changes of the catalog's file: accepted, or refused because the file is not a catalog.",
  labels: ["outcome"],
});

// A request checks the file, not a timer or a watcher: a function that scales to zero may be at zero, and a
// ConfigMap changes by a symbolic link of a folder.
const checkIntervalMs = 1000;

interface ReplacedCatalog {
  readonly catalog: Catalog;
  readonly replacedAtMs: number;
}

/**
 * The catalog of a file, or the built-in one. A file that changes is read again within a second of requests.
 * The replaced catalogs are kept for as long as pages may show them. If the file cannot be used, the present
 * catalog stays, the error is logged, and the next change is awaited.
 */
export class ReloadedCatalog {
  readonly #file: string | undefined;
  readonly #lifetimeMs: number;
  readonly #nowMs: () => number;
  #present: Catalog;
  #replaced: readonly ReplacedCatalog[] = [];
  #stamp: string;
  #checkAtMs: number;
  #check: Promise<void> | undefined;

  private constructor(
    file: string | undefined,
    lifetimeMs: number,
    nowMs: () => number,
    loaded: { stamp: string; catalog: Catalog },
  ) {
    this.#file = file;
    this.#lifetimeMs = lifetimeMs;
    this.#nowMs = nowMs;
    this.#present = loaded.catalog;
    this.#stamp = loaded.stamp;
    this.#checkAtMs = nowMs() + checkIntervalMs;
  }

  /**
   * Loads the catalog.
   *
   * @param lifetimeMs milliseconds for which pages may show a catalog that was replaced
   * @param nowMs returns the milliseconds of a monotonic clock
   * @throws ConfigError if the file is not a catalog
   */
  static async open(
    file: string | undefined,
    lifetimeMs: number,
    nowMs: () => number = () => performance.now(),
  ): Promise<ReloadedCatalog> {
    // Before the file is read: what changes meanwhile is another stamp.
    const stamp = await stampOf(file);
    const catalog = createCatalog(await loadCatalog(file), lifetimeMs);
    return new ReloadedCatalog(file, lifetimeMs, nowMs, { stamp, catalog });
  }

  /** The present catalog. */
  async present(): Promise<Catalog> {
    if (this.#file !== undefined && this.#nowMs() >= this.#checkAtMs) {
      this.#checkAtMs = this.#nowMs() + checkIntervalMs;
      this.#check ??= this.#reload().finally(() => {
        this.#check = undefined;
      });
    }
    if (this.#check) await this.#check;
    return this.#present;
  }

  /** The catalog of a version, if it is the present one or pages may still show it; otherwise the present one. */
  async at(version: string | undefined): Promise<Catalog> {
    const present = await this.present();
    if (version === undefined || version === present.version) return present;
    const sinceMs = this.#nowMs() - this.#lifetimeMs;
    const kept = this.#replaced.find(
      ({ catalog, replacedAtMs }) => catalog.version === version && replacedAtMs > sinceMs,
    );
    return kept?.catalog ?? present;
  }

  async #reload(): Promise<void> {
    const stamp = await stampOf(this.#file);
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    try {
      this.#replace(createCatalog(await loadCatalog(this.#file), this.#lifetimeMs));
    } catch (error) {
      reloads.inc({ outcome: "refused" });
      const file = this.#file;
      log.error("the changed catalog cannot be used: the previous one stays", { file, error });
    }
  }

  #replace(catalog: Catalog): void {
    const previous = this.#present;
    const { version } = catalog;
    if (version === previous.version) return;
    const nowMs = this.#nowMs();
    const sinceMs = nowMs - this.#lifetimeMs;
    const kept = this.#replaced.filter(({ replacedAtMs }) => replacedAtMs > sinceMs);
    this.#replaced = [...kept, { catalog: previous, replacedAtMs: nowMs }];
    this.#present = catalog;
    reloads.inc({ outcome: "accepted" });
    log.info("the catalog changed", { version, products: catalog.products.length });
  }
}

// With the inode and the time of its last change, so that a file of the same size and time is another one.
async function stampOf(file: string | undefined): Promise<string> {
  if (file === undefined) return "";
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [dev, ino, size, mtimeMs, ctimeMs].join();
  } catch (error) {
    return String(error);
  }
}

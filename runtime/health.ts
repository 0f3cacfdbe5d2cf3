import { log } from "./log.ts";

/** Whether a function takes requests: it is up, it is not draining, and its stores answer. */
export class Health {
  #draining = false;
  readonly #checkReady: () => Promise<void>;
  readonly #listeners = new Set<() => void>();

  /** `checkReady` rejects while something that the function needs is missing. */
  constructor(checkReady: () => Promise<void> = () => Promise.resolve()) {
    this.#checkReady = checkReady;
  }

  /** True from the moment of SIGTERM. */
  get draining(): boolean {
    return this.#draining;
  }

  /** From now on the function is not ready any more. */
  startDraining(): void {
    this.#draining = true;
    for (const listener of this.#listeners) listener();
  }

  /** Undefined when the function takes requests, else a sentence that says why not. */
  async check(): Promise<string | undefined> {
    if (this.#draining) return "draining: no new requests, please";
    try {
      await this.#checkReady();
      return undefined;
    } catch (error) {
      log.warn("not ready", { error });
      return `not ready: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Calls the listener when draining starts; the result takes it off again. */
  onDraining(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

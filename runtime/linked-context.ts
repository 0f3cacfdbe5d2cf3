import type { Context } from "@opentelemetry/api";

/**
 * A context with one value more than its parent. A context of OpenTelemetry's API copies all values of its
 * parent, and each request makes several contexts.
 */
class LinkedContext implements Context {
  readonly #parent: Context | undefined;
  readonly #key: symbol | undefined;
  readonly #value: unknown;

  constructor(parent?: Context, key?: symbol, value?: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#parent?.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new LinkedContext(this, key, undefined);
  }
}

/** The context in which requests start: it has no values. */
export const requestRoot: Context = new LinkedContext();

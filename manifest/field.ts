/** A value of a parsed YAML document. It reports problems with the value's path. */
export class Field {
  readonly #value: unknown;
  readonly #path: string;
  readonly #report: (problem: string) => void;

  /** `report` gets one sentence for each problem, such as `name is 5: expected a text`. */
  constructor(value: unknown, path: string, report: (problem: string) => void) {
    this.#value = value;
    this.#path = path;
    this.#report = report;
  }

  /** Whether the document has no such value. */
  get isMissing(): boolean {
    return this.#value === undefined || this.#value === null;
  }

  /** A member of a mapping; a missing value if this value is not a mapping. */
  get(key: string): Field {
    const path = /^\w+$/.test(key) ? `${this.#path}.${key}` : `${this.#path}[${quote(key)}]`;
    const value = isMapping(this.#value) ? this.#value[key] : undefined;
    return new Field(value, path.replace(/^\./, ""), this.#report);
  }

  /** Reads each element of a list; returns an empty list if the list is missing. */
  list<T>(read: (element: Field) => T): T[] {
    if (this.isMissing) return [];
    if (!Array.isArray(this.#value)) this.#refuse("a list");
    const elements: unknown[] = Array.isArray(this.#value) ? this.#value : [];
    return elements.map((value, index) =>
      read(new Field(value, `${this.#path}[${index}]`, this.#report)),
    );
  }

  /** A mapping, as it is; an empty one if it is missing. */
  mapping(): Readonly<Record<string, unknown>> {
    if (isMapping(this.#value)) return this.#value;
    if (!this.isMissing) this.#refuse("a mapping");
    return {};
  }

  /** A mapping of names to texts; an empty one if it is missing. */
  texts(): Record<string, string> {
    return Object.fromEntries(
      Object.keys(this.mapping()).map((key) => [key, this.get(key).text()]),
    );
  }

  /** A text that matches the pattern; `expected` describes it in errors. */
  text(expected: string = "a text", pattern: RegExp = /^/): string {
    if (typeof this.#value === "string" && pattern.test(this.#value)) return this.#value;
    // YAML reads 48 as a number and yes as a boolean, but func and Kubernetes require a text.
    const isUnquoted = typeof this.#value !== "string" && pattern.test(String(this.#value));
    this.#refuse(isUnquoted && !this.isMissing ? `${expected}, in quotes` : expected);
    return "";
  }

  /** A whole number within bounds. */
  integer(min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value;
    if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) {
      return value;
    }
    const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of ${min} or more`;
    this.#refuse(`a whole number ${range}`);
    return min;
  }

  #refuse(expected: string): void {
    const found = this.isMissing ? "is missing" : `is ${quote(this.#value)}`;
    this.#report(`${this.#path} ${found}: expected ${expected}`);
  }
}

function quote(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "a collection with an alias of itself";
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

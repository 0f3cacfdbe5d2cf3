import type { ErrorObject } from "ajv/dist/2020.js";

/** A mistake in an experiment, and its place. */
export interface Mistake {
  /** The keys and list indexes from the root of the document to it. */
  readonly path: readonly string[];
  /** The wrong part: the key, or its value. */
  readonly what: "key" | "value";
  /** A sentence without the place. */
  readonly message: string;
}

/** Describes an error of the schema, with ajv's `verbose`; undefined for one that repeats another. */
export function describeError(error: ErrorObject): Mistake | undefined {
  const path = partsOf(error.instancePath);
  const name = path.findLast((part) => !/^\d+$/.test(part)) ?? "the experiment";
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "required":
      return { path, what: "key", message: `${at(path)}${params.missingProperty} is missing` };
    case "additionalProperties": {
      const key = String(params.additionalProperty);
      const known = Object.keys((error.parentSchema as { properties?: object }).properties ?? {});
      const message = `${key} is not a known key: expected one of ${known.join(", ")}`;
      return { path: [...path, key], what: "key", message };
    }
    case "oneOf":
      return undefined;
    case "discriminator": {
      const kind = params.tagValue;
      // A missing kind is reported as such already.
      if (kind === undefined) return undefined;
      const message = `kind is ${show(kind)}: expected ${ruleOf(error)}`;
      return { path: [...path, "kind"], what: "value", message };
    }
    default:
      return {
        path,
        what: "value",
        message: `${name} is ${show(error.data)}: expected ${ruleOf(error)}`,
      };
  }
}

function ruleOf({ keyword, params, schema, parentSchema }: ErrorObject): string {
  switch (keyword) {
    case "enum":
      return `one of ${(schema as readonly string[]).join(", ")}`;
    case "discriminator":
      return `one of ${kindsOf(parentSchema as unknown as SchemaWithKinds).join(", ")}`;
    case "type":
      return types[String(params.type)] ?? String(params.type);
    case "minimum":
    case "maximum": {
      const { minimum, maximum } = parentSchema as { minimum?: number; maximum?: number };
      return `a whole number from ${minimum} to ${maximum}`;
    }
    case "minLength":
      return "a text that is not empty";
    case "minItems":
      return "at least one";
    case "maxItems":
      return `at most ${String(params.limit)}`;
    case "pattern":
      return patterns[String(params.pattern)] ?? `a text like ${String(params.pattern)}`;
    default:
      return keyword;
  }
}

interface SchemaWithKinds {
  readonly oneOf: readonly {
    readonly properties: { readonly kind: { readonly const?: string; readonly enum?: string[] } };
  }[];
}

function kindsOf({ oneOf }: SchemaWithKinds): string[] {
  return oneOf.flatMap(({ properties: { kind } }) => kind.enum ?? kind.const ?? []);
}

const types: Readonly<Record<string, string>> = {
  object: "a map of settings",
  array: "a list",
  string: "a text",
  integer: "a whole number",
};

const patterns: Readonly<Record<string, string>> = {
  "^(\\d+(\\.\\d+)?(ms|s|m|h))+$": "a duration such as 500ms, 6s or 1m30s",
  "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$": "lower-case letters, digits and dashes, 63 at most",
  "^[A-Za-z]+/[A-Za-z]+$": "a service and a method, such as CurrencyService/Convert",
};

function partsOf(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function at(path: readonly string[]): string {
  return path.length === 0 ? "" : `${path.join(".")}.`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "empty";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

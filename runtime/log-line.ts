import { inspect } from "node:util";

/** What a line carries beside its message. Values go through JSON; errors keep message and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes a line of the log as JSON, without a line end; never throws. A field that JSON cannot express,
 * such as a circular object, is written as the text that `inspect` makes of it.
 *
 * @param head the fields of every line, which JSON can express
 */
export function formatLogLine(head: object, fields: LogFields): string {
  try {
    return JSON.stringify({ ...head, ...fields }, replaceUnprintable);
  } catch {
    return JSON.stringify({ ...head, ...describeFields(fields) });
  }
}

function describeFields(fields: LogFields): object {
  try {
    return describeEach(fields, Object.keys(fields));
  } catch (error) {
    return { fields: explain(error) };
  }
}

function describeEach<Name extends string>(source: { [name in Name]?: unknown }, names: Name[]) {
  return Object.fromEntries(names.map((name) => [name, describeField(() => source[name])]));
}

function describeField(read: () => unknown): unknown {
  let reason: unknown;
  for (const describe of [throughJson, describeCyclicError, inspectBriefly]) {
    try {
      return describe(read());
    } catch (error) {
      reason = error;
    }
  }
  return explain(reason);
}

function throughJson(value: unknown): unknown {
  const text = JSON.stringify(value, replaceUnprintable);
  return text === undefined ? undefined : JSON.parse(text);
}

function describeCyclicError(value: unknown): object {
  if (!(value instanceof Error)) throw new TypeError("not an error");
  const cause = inspectBriefly(value.cause);
  return {
    ...describeEach<keyof DescribedError>(value, ["name", "message", "code", "stack"]),
    cause,
  };
}

function inspectBriefly(value: unknown): string {
  return inspect(value, { breakLength: Number.POSITIVE_INFINITY });
}

function explain(error: unknown): string {
  try {
    return `[cannot be printed: ${(error as Error).message}]`;
  } catch {
    return "[cannot be printed]";
  }
}

function replaceUnprintable(this: LogFields, key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return describeError(value);
  // Its toJSON has made it null.
  if (value === null && this[key] instanceof Date) return "Invalid Date";
  return value;
}

interface DescribedError extends Error {
  readonly code?: unknown;
}

function describeError({ name, message, code, stack, cause }: DescribedError): object {
  return { name, message, code, stack, cause };
}

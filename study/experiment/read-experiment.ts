import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type Document, LineCounter, parseDocument } from "yaml";
import { ConfigError } from "#runtime/environment.ts";
import { checkExperiment } from "./check-experiment.ts";
import { describeError, type Mistake } from "./describe-error.ts";
import schema from "./experiment.schema.json" with { type: "json" };
import type { Experiment } from "./experiment.ts";
import { createLocator, type Locate } from "./locate.ts";
import { ArrivalsError, readArrivals } from "./read-arrivals.ts";
import { type RawExperiment, resolveExperiment } from "./resolve-experiment.ts";

/** An experiment with its text. */
export interface ReadExperiment {
  /** All defaults are filled in. */
  readonly experiment: Experiment;
  /** The content of the file. */
  readonly text: string;
  /** Formats a mistake that was found later, with its place in the file. */
  readonly describe: (mistake: Mistake) => string;
}

/**
 * Reads the file of an experiment and fills in all defaults.
 *
 * @throws ConfigError with a line for each mistake: `file:line:column: message`
 */
export function readExperimentFile(file: string): ReadExperiment {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError([`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`]);
  }
  return readExperiment(text, file, (name) => readFileSync(join(dirname(file), name), "utf8"));
}

/** Like `readExperimentFile`, for a text; `readFile` reads the files that it names. */
export function readExperiment(
  text: string,
  file: string,
  readFile: (name: string) => string,
): ReadExperiment {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const locate = createLocator(document, lines);
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map(({ pos, message }) => {
        const { line, col } = lines.linePos(pos[0]);
        return `${file}:${line}:${col}: ${message}`;
      }),
    );
  }
  const describe = ({ path, what, message }: Mistake) => {
    const { line, column } = locate(path, what);
    return `${file}:${line}:${column}: ${message}`;
  };
  const value = toValue(document, file);
  const mistakes = findMistakes(value);
  const arrivals = new Map<string, readonly number[]>();
  if (mistakes.length === 0) {
    mistakes.push(...checkExperiment(value as RawExperiment));
    mistakes.push(...readTraces(value as RawExperiment, readFile, arrivals));
  }
  if (mistakes.length > 0) throw new ConfigError(sortByPlace(mistakes, locate).map(describe));
  const experiment = resolveExperiment(value as RawExperiment, (name) => arrivals.get(name) ?? []);
  return { experiment, text, describe };
}

const validate = new Ajv2020({ allErrors: true, verbose: true, discriminator: true }).compile(
  schema,
);

// Aliases are resolved only here: one without its anchor, or too many.
function toValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigError([`${file}: ${error instanceof Error ? error.message : error}`]);
  }
}

function findMistakes(value: unknown): Mistake[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).flatMap((error) => describeError(error) ?? []);
}

function readTraces(
  raw: RawExperiment,
  readFile: (name: string) => string,
  arrivals: Map<string, readonly number[]>,
): Mistake[] {
  const places = [
    { settings: raw, path: [] as string[] },
    ...raw.conditions.map((settings, index) => ({ settings, path: ["conditions", `${index}`] })),
  ];
  return places.flatMap(({ settings: { arrival }, path }): Mistake[] => {
    if (arrival?.kind !== "trace" || arrivals.has(arrival.file)) return [];
    try {
      arrivals.set(arrival.file, readArrivals(readFile(arrival.file)));
      return [];
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isInvalid = error instanceof ArrivalsError;
      const why = isInvalid ? `is wrong: ${message}` : `cannot be read: ${code ?? message}`;
      const at = [...path, "arrival", "file"];
      return [{ path: at, what: "value", message: `${arrival.file} ${why}` }];
    }
  });
}

function sortByPlace(mistakes: readonly Mistake[], locate: Locate): Mistake[] {
  const keyOf = ({ path, what }: Mistake) => {
    const { line, column } = locate(path, what);
    return line * 10_000 + column;
  };
  return mistakes.toSorted((a, b) => keyOf(a) - keyOf(b));
}

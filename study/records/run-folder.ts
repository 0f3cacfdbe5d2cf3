import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ConfigError } from "#runtime/environment.ts";
import { makeDirectory } from "#runtime/store/data-directory.ts";
import type { CallRow } from "./call-row.ts";
import { readCallRows, writeCallRow, writeHeader } from "./calls-csv.ts";
import type { RunFile } from "./run-file.ts";
import type { SampleRecord } from "./sample-record.ts";
import type { Summary } from "./summary.ts";

/**
 * One experiment's results: `run.json`, `samples.jsonl`, `calls.csv` and `summary.json`. The calls of
 * a sample are written before the sample, so a sample that is in the file is complete.
 */
export class RunFolder {
  /** Path of the folder. */
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Creates the folder and its files. */
  create(run: RunFile): void {
    makeDirectory(this.path, 0o777);
    this.writeRun(run);
    writeFileSync(this.#file("calls.csv"), writeHeader());
    writeFileSync(this.#file("samples.jsonl"), "");
  }

  /** Reads `run.json`. */
  readRun(): RunFile {
    const run = JSON.parse(readFileSync(this.#file("run.json"), "utf8")) as RunFile;
    if (run.format === "hipster-shop-study/2") return run;
    throw new ConfigError([
      `${this.#file("run.json")}: its format is ${JSON.stringify(run.format)}`,
    ]);
  }

  /** Replaces `run.json`. */
  writeRun(run: RunFile): void {
    this.#replace("run.json", `${JSON.stringify(run, null, 2)}\n`);
  }

  /** All attempts at samples, in order, without a last line that is incomplete. */
  readSamples(): SampleRecord[] {
    const text = readFileSync(this.#file("samples.jsonl"), "utf8");
    const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
    return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SampleRecord);
  }

  /** The calls of samples that were kept. */
  readCalls(): CallRow[] {
    const kept = new Set(
      this.readSamples().flatMap(({ verdict, sample }) => (verdict === "kept" ? sample : [])),
    );
    const rows = readCallRows(readFileSync(this.#file("calls.csv"), "utf8"));
    return rows.filter(({ sample }) => kept.has(sample));
  }

  /** Appends a sample and its calls. */
  append(sample: SampleRecord, calls: readonly CallRow[]): void {
    for (const row of calls) appendFileSync(this.#file("calls.csv"), writeCallRow(row));
    appendFileSync(this.#file("samples.jsonl"), `${JSON.stringify(sample)}\n`);
  }

  /**
   * Removes the parts of a sample that a killed run did not complete. The sample will be taken
   * again.
   */
  repair(): void {
    const samples = this.readSamples();
    const calls = this.readCalls();
    this.#replace("samples.jsonl", samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
    this.#replace("calls.csv", writeHeader() + calls.map(writeCallRow).join(""));
  }

  /** Replaces `summary.json`. */
  writeSummary(summary: Summary): void {
    this.#replace("summary.json", `${JSON.stringify(summary, null, 2)}\n`);
  }

  /** Reads `summary.json`. */
  readSummary(): Summary {
    return JSON.parse(readFileSync(this.#file("summary.json"), "utf8")) as Summary;
  }

  #file(name: string): string {
    return join(this.path, name);
  }

  // Atomic: a kill leaves the old file.
  #replace(name: string, text: string): void {
    writeFileSync(this.#file(`${name}.new`), text);
    renameSync(this.#file(`${name}.new`), this.#file(name));
  }
}

/**
 * The folders of experiments at or below a path, by name.
 *
 * @throws ConfigError if no folder is found
 */
export function findRunFolders(path: string): RunFolder[] {
  const isRun = (folder: string) => existsSync(join(folder, "run.json"));
  if (isRun(path)) return [new RunFolder(path)];
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const names = isFolder ? readdirSync(path).sort() : [];
  const below = names.map((name) => join(path, name));
  const found = below.filter(isRun).map((folder) => new RunFolder(folder));
  if (found.length > 0) return found;
  throw new ConfigError([
    `${path} contains no results: expected a folder that shop study run wrote`,
  ]);
}

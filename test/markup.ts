import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { HtmlValidate } from "html-validate";

/** HTML documents by name. */
export type Documents = Readonly<Record<string, string>>;

const htmlValidate = new HtmlValidate({
  root: true,
  extends: ["html-validate:standard"],
});

/** Checks documents with html-validate and returns its findings, one line each. */
export async function findMarkupErrors(documents: Documents): Promise<string[]> {
  const reports = Object.entries(documents).map(async ([name, text]) => {
    const { results } = await htmlValidate.validateString(text, name);
    return results.flatMap(({ messages }) =>
      messages.map(
        ({ line, column, message, ruleId }) => `${name}:${line}:${column} ${message} (${ruleId})`,
      ),
    );
  });
  return (await Promise.all(reports)).flat();
}

/** Whether a `java` is on the PATH: the Nu HTML checker is a Java program. */
export const hasJava = spawnSync("java", ["-version"]).status === 0;

/**
 * Checks documents with the Nu HTML checker and returns its errors and warnings, one line each. Takes
 * a few seconds, however many documents there are. Rejects if the checker itself fails.
 */
export async function findNuErrors(documents: Documents): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "hipster-shop-markup-"));
  try {
    const paths = Object.keys(documents).map((name) => join(folder, `${name}.html`));
    const texts = Object.values(documents);
    await Promise.all(paths.map((path, index) => writeFile(path, texts[index] ?? "")));
    const jar = createRequire(import.meta.url).resolve("vnu-jar/build/dist/vnu.jar");
    const options = ["--stdout", "--format", "json", "--exit-zero-always"];
    const { stdout } = await promisify(execFile)("java", ["-jar", jar, ...options, ...paths]);
    return (JSON.parse(stdout) as NuReport).messages
      .filter(({ type, subType }) => type !== "info" || subType === "warning")
      .map(({ url = "", lastLine, message }) => `${basename(url, ".html")}:${lastLine} ${message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface NuReport {
  messages: { type: string; subType?: string; url?: string; lastLine?: number; message: string }[];
}

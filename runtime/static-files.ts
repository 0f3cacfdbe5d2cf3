import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { type ContentEncoding, chooseEncoding } from "./content-encoding.ts";

/** One file with its variants. */
export interface StaticFile {
  /** Its media type. */
  readonly type: string;
  /** The first 12 hexadecimal digits of its SHA-256: the value of `?v=` in URLs, and part of the ETag. */
  readonly version: string;
  /** The content codings of the variants next to it (`base.css.br`, `base.css.gz`), smallest first. */
  readonly encodings: readonly ContentEncoding[];
  /** Reads its bytes, or those of one of its variants. */
  read(encoding?: ContentEncoding): Uint8Array<ArrayBuffer>;
}

/** The files in a folder. */
export interface StaticFiles {
  /** The file of a URL path such as `/static/css/base.css`; undefined if the path has no file. */
  find(path: string): StaticFile | undefined;
  /** The path with the file's version, so that it can be cached forever; an unknown path unchanged. */
  url(path: string): string;
}

const mediaTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
};

const variants: readonly (readonly [ContentEncoding, extension: string])[] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/**
 * Opens a folder of static files. The folder is listed at the first use, and each file is read at its
 * first use, so that neither delays a cold start. Only listed files are served.
 *
 * @param folder the folder
 * @param prefix the part of a URL path before the file's path, such as `/static/`
 */
export function openStaticFiles(folder: string, prefix: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  let names: ReadonlySet<string> | undefined;
  const open = (path: string) => {
    names ??= listFiles(folder);
    const name = path.slice(prefix.length);
    const type = mediaTypeOf(name);
    if (type === undefined || !path.startsWith(prefix) || !names.has(name)) return undefined;
    const file = openStaticFile(folder, name, type, names);
    files.set(path, file);
    return file;
  };
  const find = (path: string) => files.get(path) ?? open(path);
  return {
    find,
    url: (path) => {
      const file = find(path);
      return file ? `${path}?v=${file.version}` : path;
    },
  };
}

function listFiles(folder: string): ReadonlySet<string> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Set(entries.map((entry) => entry.replaceAll(sep, "/")));
}

function mediaTypeOf(name: string): string | undefined {
  return mediaTypes[/\.(\w+)$/.exec(name)?.[1] ?? ""];
}

function openStaticFile(
  folder: string,
  name: string,
  type: string,
  names: ReadonlySet<string>,
): StaticFile {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const read = (extension = "") => {
    const known = contents.get(extension);
    const content = known ?? new Uint8Array(readFileSync(join(folder, name + extension)));
    contents.set(extension, content);
    return content;
  };
  const extensions = new Map(variants.filter(([, extension]) => names.has(name + extension)));
  return {
    type,
    version: createHash("sha256").update(read()).digest("hex").slice(0, 12),
    encodings: [...extensions.keys()],
    read: (encoding) => read(encoding && extensions.get(encoding)),
  };
}

/**
 * Returns the response to a GET for a file: the variant that the client prefers, or status 304 and no body
 * if the client has it. Each variant has an ETag of its own, because their bytes differ. The headers are
 * those that depend on the file only; the caller adds `cache-control`.
 *
 * @param accepted the value of Accept-Encoding
 * @param known the value of If-None-Match
 */
export function answerFile(
  file: StaticFile,
  accepted: string | undefined,
  known: string | undefined,
): { status: 200 | 304; headers: Record<string, string>; body: Uint8Array<ArrayBuffer> | null } {
  const encoding = chooseEncoding(accepted, file.encodings);
  const etag = `"${file.version}${encoding ? `-${encoding}` : ""}"`;
  const headers = { etag, vary: "accept-encoding" };
  const tags = known?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  if (tags.includes(etag) || tags.includes("*")) return { status: 304, headers, body: null };
  const body = file.read(encoding);
  return {
    status: 200,
    headers: {
      ...headers,
      "content-type": file.type,
      "content-length": String(body.length),
      ...(encoding && { "content-encoding": encoding }),
    },
    body,
  };
}

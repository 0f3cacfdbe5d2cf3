import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** One file, ready to be sent. */
export interface StaticFile {
  /** Its bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its bytes in gzip. */
  readonly gzip: () => Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly type: string;
  /** The first digits of its hash: what `?v=` in a URL and the ETag hold. */
  readonly version: string;
}

/** The files under `/static/`. */
export interface StaticFiles {
  /** The file behind a URL path such as `/static/css/base.css`; undefined if there is none. */
  find(path: string): StaticFile | undefined;
  /** The path with the file's version, so that it can be cached for good; unknown ones as given. */
  url(path: string): string;
}

const mediaTypes: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  webp: "image/webp",
};

/**
 * Opens a folder of static files. It is listed at the first use, and each file is read when it is
 * first named: neither costs the start of the function anything. No request can name a file that
 * is not in the list.
 */
export function openStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>();
  let paths: ReadonlySet<string> | undefined;
  const find = (path: string) => {
    paths ??= listFiles(folder);
    if (!paths.has(path)) return undefined;
    const known = files.get(path) ?? readStaticFile(join(folder, path.slice(prefix.length)));
    files.set(path, known);
    return known;
  };
  return {
    find,
    url: (path) => {
      const file = find(path);
      return file ? `${path}?v=${file.version}` : path;
    },
  };
}

const prefix = "/static/";

function listFiles(folder: string): ReadonlySet<string> {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const names = entries.filter((entry) => mediaTypeOf(entry) !== undefined);
  return new Set(names.map((name) => prefix + name.replaceAll(sep, "/")));
}

function mediaTypeOf(path: string): string | undefined {
  return mediaTypes[/\.(\w+)$/.exec(path)?.[1] ?? ""];
}

function readStaticFile(path: string): StaticFile {
  const bytes = new Uint8Array(readFileSync(path));
  let gzip: Uint8Array<ArrayBuffer> | undefined;
  return {
    bytes,
    gzip: () => {
      gzip ??= new Uint8Array(gzipSync(bytes));
      return gzip;
    },
    type: mediaTypeOf(path) ?? "application/octet-stream",
    version: createHash("sha256").update(bytes).digest("hex").slice(0, 12),
  };
}

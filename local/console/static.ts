import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { buildConsolePage, pageScriptPath } from "./build.ts";

const pageDir = join(import.meta.dirname, "page");

const files: Readonly<Record<string, { path: string; type: string }>> = {
  "/": { path: join(pageDir, "index.html"), type: "text/html; charset=utf-8" },
  "/style.css": { path: join(pageDir, "style.css"), type: "text/css; charset=utf-8" },
  "/favicon.svg": { path: join(pageDir, "favicon.svg"), type: "image/svg+xml" },
  "/page.js": { path: pageScriptPath, type: "text/javascript; charset=utf-8" },
};

/** Whether a path is one of the page's files. */
export function isPageFile(path: string): boolean {
  return Object.hasOwn(files, path);
}

/** Sends one of the page's files; its script is built first where nobody has done so. */
export async function sendPageFile(path: string, response: ServerResponse): Promise<void> {
  const file = files[path];
  if (!file) throw new Error(`${path} is no file of the console page`);
  if (path === "/page.js" && !existsSync(file.path)) await buildConsolePage();
  const content = await readFile(file.path);
  response
    .writeHead(200, {
      "content-type": file.type,
      "content-length": content.length,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    })
    .end(content);
}

import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerFile, openStaticFiles, type StaticFiles } from "#runtime/static-files.ts";
import { buildConsolePage, pageFolder } from "./build.ts";

const paths: Readonly<Record<string, string>> = {
  "/": "/index.html",
  "/style.css": "/style.css",
  "/favicon.svg": "/favicon.svg",
  "/page.js": "/page.js",
};

/** Whether a path is one of the page's files. */
export function isPageFile(path: string): boolean {
  return Object.hasOwn(paths, path);
}

/** Sends one of the page's files; the page is built first if nobody has done so. */
export async function sendPageFile(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  opened ??= openPage();
  const file = (await opened).find(paths[path] ?? "");
  if (!file) throw new Error(`${path} is not in ${pageFolder}: run npm run build`);
  const { "accept-encoding": accepted, "if-none-match": known } = request.headers;
  const answer = answerFile(file, accepted, known);
  response
    .writeHead(answer.status, {
      ...answer.headers,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    })
    .end(answer.body);
}

let opened: Promise<StaticFiles> | undefined;

async function openPage(): Promise<StaticFiles> {
  try {
    if (!existsSync(pageFolder)) await buildConsolePage();
    return openStaticFiles(pageFolder, "/");
  } catch (error) {
    // The next request tries again.
    opened = undefined;
    throw error;
  }
}

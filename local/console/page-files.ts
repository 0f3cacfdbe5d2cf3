import { existsSync } from "node:fs";
import type { Context } from "hono";
import { answerFile, openStaticFiles, type StaticFiles } from "#runtime/static-files.ts";
import { buildConsolePage, pageFolder } from "./build.ts";

/** The URL paths of the page's files. */
export const pagePaths = ["/", "/style.css", "/favicon.svg", "/page.js"] as const;

/** Answers with one of the page's files; the first request builds the page if it is missing. */
export async function answerPageFile(
  c: Context,
  path: (typeof pagePaths)[number],
): Promise<Response> {
  opened ??= openPage();
  const file = (await opened).find(path === "/" ? "/index.html" : path);
  if (!file) throw new Error(`${path} is not in ${pageFolder}: run npm run build`);
  const { status, headers, body } = answerFile(
    file,
    c.req.header("accept-encoding"),
    c.req.header("if-none-match"),
  );
  return new Response(body, {
    status,
    headers: {
      ...headers,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    },
  });
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

import type { html } from "hono/html";

/** A piece of a page, escaped already: what the `html` tag makes. */
export type Html = ReturnType<typeof html>;

/** Makes the URL of a static file that browsers may cache for good. */
export type FileUrl = (path: string) => string;

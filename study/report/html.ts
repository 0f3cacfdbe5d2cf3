import type { html } from "hono/html";

/** A piece of the report, escaped already: what the `html` tag makes. */
export type Html = ReturnType<typeof html>;

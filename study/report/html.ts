import type { html } from "hono/html";

/** Escaped HTML of the report, made by the `html` tag. */
export type Html = ReturnType<typeof html>;

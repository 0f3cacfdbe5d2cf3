import type { html } from "hono/html";

/** A piece of escaped HTML: the result of the `html` tag. */
export type Html = ReturnType<typeof html>;

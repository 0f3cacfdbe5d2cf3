import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";

/** Routes of the platform's own port; `c.env` has Node.js's request and response. */
export type PlatformRoutes = Hono<{ Bindings: HttpBindings }>;

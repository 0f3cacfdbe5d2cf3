import { type Context, Hono } from "hono";
import { ConfigError } from "#runtime/environment.ts";
import { parseFaults } from "#runtime/faults/parse-faults.ts";
import { readBody } from "#runtime/read-body.ts";
import { RequestError } from "#runtime/request-error.ts";
import type { ManagedFunction } from "../instances/managed-function.ts";
import type { PlatformRoutes } from "../ports/platform-routes.ts";

const maxBodyBytes = 64 * 1024;

/** A function whose faults can be changed. */
export type FaultyFunction = Pick<ManagedFunction, "name" | "faults">;

/**
 * The API for faults, with its paths below `/api/faults`: the rules of all functions that have some, and
 * those of one function, which can be replaced and deleted. A page of another origin cannot change them:
 * browsers send PUT and DELETE to another origin only after a preflight request, which is refused here.
 */
export function faultRoutes(functions: readonly FaultyFunction[]): PlatformRoutes {
  const find = (name: string) => {
    const found = functions.find((each) => each.name === name);
    if (found) return found;
    const names = functions.map((each) => each.name).join(", ");
    throw new RequestError(404, `no function is named ${name}: expected one of ${names}`);
  };
  const list = () =>
    Object.fromEntries(
      functions.flatMap(({ name, faults: { rules } }) => (rules === "" ? [] : [[name, rules]])),
    );
  const show = (c: Context, { faults }: FaultyFunction) => c.json({ faults: faults.rules });
  const routes: PlatformRoutes = new Hono();
  routes.use(async (c, next) => {
    await next();
    c.header("cache-control", "no-store");
  });
  routes.get("/", (c) => c.json(list()));
  routes.delete("/", async (c) => {
    await Promise.all(functions.map(({ faults }) => faults.rules !== "" && faults.set("")));
    return c.json(list());
  });
  routes.get("/:name", (c) => show(c, find(c.req.param("name"))));
  routes.put("/:name", async (c) => {
    const target = find(c.req.param("name"));
    const type = c.req.header("content-type") ?? "";
    if (!/^application\/json\b/i.test(type)) {
      throw new RequestError(415, 'content-type is not application/json: send {"faults": "RULES"}');
    }
    await target.faults.set(readRules(await readBody(c.env.incoming, maxBodyBytes)));
    return show(c, target);
  });
  routes.delete("/:name", async (c) => {
    const target = find(c.req.param("name"));
    await target.faults.set("");
    return show(c, target);
  });
  return routes;
}

function readRules(body: Buffer): string {
  let faults: unknown;
  try {
    ({ faults } = JSON.parse(body.toString()));
  } catch (cause) {
    throw new RequestError(400, 'the body is not JSON: expected {"faults": "RULES"}', { cause });
  }
  if (typeof faults !== "string") {
    throw new RequestError(400, 'faults is not a string: expected {"faults": "RULES"}');
  }
  try {
    parseFaults(faults, "faults");
  } catch (error) {
    if (error instanceof ConfigError) throw new RequestError(400, error.message);
    throw error;
  }
  return faults.trim();
}

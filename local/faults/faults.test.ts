import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { fixtureFunctionsDir, startFixtures, urlOf } from "../fixtures/start-fixtures.ts";

const json = { "content-type": "application/json" };
const rule = "GET /faulty:status=503";

const limitedDir = `${fixtureFunctionsDir}/../limited`;

const startLimited: typeof startFixtures = (t, options) =>
  startFixtures(t, { functionsDir: limitedDir, ...options });

// Without a connection that is kept: it would be one to a process that was killed.
async function statusOf(url: string, method = "GET"): Promise<number | undefined> {
  const sent = request(url, { method, agent: false }).end();
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

function createApi(platform: { urls: { console: string } }) {
  const send = async (method: string, path = "", body?: unknown, headers = json) => {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body), headers }) };
    const response = await fetch(`${platform.urls.console}/api/faults${path}`, init);
    const text = await response.text();
    return { status: response.status, body: response.ok ? JSON.parse(text) : text };
  };
  return {
    send,
    list: () => send("GET"),
    set: (faults: unknown) => send("PUT", "/limited", { faults }),
  };
}

test("faults apply to the process that runs and to those that start later, until they are deleted", async (t) => {
  const platform = await startLimited(t);
  const { send, list, set } = createApi(platform);
  const limited = platform.function("limited");
  const visit = () => statusOf(urlOf(platform, "limited", "/faulty"));
  assert.deepEqual(await list(), { status: 200, body: {} });
  assert.equal(await visit(), 200);

  assert.deepEqual(await set(rule), { status: 200, body: { faults: rule } });
  assert.equal(await visit(), 503);
  assert.deepEqual(await list(), { status: 200, body: { limited: rule } });
  assert.deepEqual(await send("GET", "/limited"), { status: 200, body: { faults: rule } });

  const { pid, starts } = limited.snapshot();
  process.kill(pid ?? 0, "SIGKILL");
  await limited.waitForState("crashed");
  assert.equal(await visit(), 503);
  assert.equal(limited.snapshot().starts, starts + 1);

  assert.deepEqual(await send("DELETE", "/limited"), { status: 200, body: { faults: "" } });
  assert.equal(await visit(), 200);
});

test("faults apply to a process that is starting", async (t) => {
  const platform = await startLimited(t, { env: { ...process.env, BOOT_MS: "500" } });
  const { send, set } = createApi(platform);
  const limited = platform.function("limited");
  const visited = statusOf(urlOf(platform, "limited", "/faulty?ms=300"));
  await limited.waitForState("starting");
  await set(rule);
  assert.equal(await statusOf(urlOf(platform, "limited", "/faulty")), 503);
  await visited;
  assert.deepEqual(await send("DELETE"), { status: 200, body: {} });
  assert.equal(await statusOf(urlOf(platform, "limited", "/faulty")), 200);
});

test("faults that are set at the same time apply one after the other, without a warning", async (t) => {
  const platform = await startLimited(t);
  const { list, set } = createApi(platform);
  const visit = () => statusOf(urlOf(platform, "limited", "/faulty"));
  await visit();
  const warnings: Error[] = [];
  const keep = (warning: Error) => warnings.push(warning);
  process.on("warning", keep);
  t.after(() => process.off("warning", keep));
  const rules = Array.from({ length: 20 }, (_, index) => `GET /faulty:status=${500 + index}`);
  const answers = await Promise.all(rules.map(set));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const { limited } = (await list()).body;
  assert.equal(`GET /faulty:status=${await visit()}`, limited);
  assert.deepEqual(warnings, []);
});

test("a crash is a dead process, and the platform reports it", async (t) => {
  const platform = await startLimited(t);
  const { send, set } = createApi(platform);
  const limited = platform.function("limited");
  await set("POST /order:crash=after");
  assert.equal(await statusOf(urlOf(platform, "limited")), 200);
  const { pid } = limited.snapshot();
  assert.equal(await statusOf(urlOf(platform, "limited", "/order"), "POST"), 503);
  assert.equal(limited.state, "crashed");
  assert.match(limited.snapshot().lastCrash?.message ?? "", /^limited was ended by SIGKILL/);
  assert.throws(() => process.kill(pid ?? 0, 0), { code: "ESRCH" });
  await send("DELETE");
  assert.equal(await statusOf(urlOf(platform, "limited", "/order"), "POST"), 200);
});

test("the platform's own SHOP_FAULTS apply to every function until they are replaced", async (t) => {
  const platform = await startLimited(t, { env: { ...process.env, SHOP_FAULTS: rule } });
  const { list, send } = createApi(platform);
  assert.deepEqual((await list()).body, { limited: rule });
  assert.equal(await statusOf(urlOf(platform, "limited", "/faulty")), 503);
  await send("DELETE");
  assert.equal(await statusOf(urlOf(platform, "limited", "/faulty")), 200);
});

test("rejects malformed faults, and keeps the previous ones", async (t) => {
  const platform = await startLimited(t);
  const { send, list, set } = createApi(platform);
  await set(rule);
  const wrong = await set("*:latency=soon; *:slow");
  assert.equal(wrong.status, 400);
  assert.match(
    wrong.body,
    /^the rule "\*:latency=soon" of faults is wrong: latency is "soon".*\n.*"\*:slow"/,
  );
  assert.deepEqual(await set(5), {
    status: 400,
    body: 'faults is not a string: expected {"faults": "RULES"}\n',
  });
  assert.equal((await send("PUT", "/limited", null)).status, 400);
  const text = { "content-type": "text/plain" };
  assert.equal((await send("PUT", "/limited", { faults: rule }, text)).status, 415);
  assert.equal((await set("x".repeat(100_000))).status, 413);
  assert.deepEqual(await send("PUT", "/other", { faults: rule }), {
    status: 404,
    body: "no function is named other: expected one of limited\n",
  });
  assert.equal((await send("POST", "/limited", { faults: rule })).status, 405);
  // The preflight request of a page of another origin.
  assert.equal((await send("OPTIONS", "/limited")).status, 405);
  assert.deepEqual((await list()).body, { limited: rule });
});

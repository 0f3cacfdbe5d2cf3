import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { test } from "node:test";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { isRunning, startFixtures, urlOf } from "./fixtures/start-fixtures.ts";

test("an idle function goes to zero, its process with it, and comes back as another one", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const echo = platform.function("echo");
  const first = (await fetch(urlOf(platform, "echo"))).headers.get("x-pid");
  await echo.waitForState("zero");
  assert.equal(echo.snapshot().pid, null);
  assert.ok(!isRunning(Number(first)));
  const second = (await fetch(urlOf(platform, "echo"))).headers.get("x-pid");
  assert.notEqual(second, first);
  await platform.waitForZero();
});

test("a function is not stopped while a request runs, however long it takes", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const response = await fetch(urlOf(platform, "echo", "/slow?ms=700"));
  assert.equal(await response.text(), "GET /slow");
  assert.equal(platform.function("echo").snapshot().starts, 1);
});

test("a kept-alive connection works across scale to zero", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const client = new RawClient(platform.function("echo").port);
  t.after(() => client.close());
  for (const round of [1, 2, 3]) {
    assert.match(await client.request("GET", `/round/${round}`), new RegExp(`/round/${round}$`));
    assert.match(await client.request("POST", "/", `body ${round}`), new RegExp(`body ${round}$`));
    await platform.function("echo").waitForState("zero");
    assert.equal(client.ended, false);
  }
  assert.equal(platform.function("echo").snapshot().starts, 3);
});

test("a response that ends the connection ends it at the client too", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const client = new RawClient(platform.function("echo").port);
  t.after(() => client.close());
  client.send("GET /last HTTP/1.1\r\nhost: fixture\r\nconnection: close\r\n\r\n");
  assert.match(await client.untilEnd(), /GET \/last$/);
});

test("requests at the very moment of the drain are answered, on old and new connections", async (t) => {
  // A window as short as a request's own time: every few requests meet a drain.
  const platform = await startFixtures(t, { idleWindowMs: 20 });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.after(() => agent.destroy());
  const countStarts = () => platform.function("echo").snapshot().starts;
  const untilMs = performance.now() + 20_000;
  // A busy machine starts a function so slowly that the same requests meet fewer drains.
  const isEnough = (round: number) => round >= 60 && countStarts() > 3;
  const loops = Array.from({ length: 4 }, async (_, client) => {
    for (let round = 0; !isEnough(round) && performance.now() < untilMs; round += 1) {
      const body = `${client}/${round}`;
      const keepAlive = round % 3 !== 0;
      const method = round % 2 === 0 ? "POST" : "GET";
      const answer = await send(
        urlOf(platform, "echo", `/${body}`),
        method,
        body,
        keepAlive && agent,
      );
      assert.equal(answer, method === "POST" ? `200 ${body}` : `200 GET /${body}`);
      // Around the window, each client at its own pace, so that the drain comes at any moment.
      await new Promise((resolve) => setTimeout(resolve, (round * (7 + client)) % 45));
    }
  });
  await Promise.all(loops);
  const starts = countStarts();
  assert.ok(starts > 3, `it was stopped ${starts - 1} times`);
});

function send(url: string, method: string, body: string, agent: Agent | false): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, agent }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(`${response.statusCode} ${text}`));
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end(method === "POST" ? body : undefined);
  });
}

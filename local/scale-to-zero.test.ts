import assert from "node:assert/strict";
import { Agent, request as httpRequest } from "node:http";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RawClient } from "#runtime/fixtures/raw-client.ts";
import { isRunning, startFixtures, urlOf, waitForDrain } from "./fixtures/start-fixtures.ts";

test("stops the process of an idle function and starts another one at the next request", async (t) => {
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

test("does not stop a function while a request is in flight", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const response = await fetch(urlOf(platform, "echo", "/slow?ms=700"));
  assert.equal(await response.text(), "GET /slow");
  assert.equal(platform.function("echo").snapshot().starts, 1);
});

test("keeps a client's connection open over scale to zero", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const client = await RawClient.open(t, platform.function("echo").port);
  for (const round of [1, 2, 3]) {
    assert.match(await client.request("GET", `/round/${round}`), new RegExp(`/round/${round}$`));
    assert.match(await client.request("POST", "/", `body ${round}`), new RegExp(`body ${round}$`));
    await platform.function("echo").waitForState("zero");
    assert.equal(client.ended, false);
  }
  assert.equal(platform.function("echo").snapshot().starts, 3);
});

test("closes the client's connection after a response with connection: close", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 100 });
  const client = await RawClient.open(t, platform.function("echo").port);
  client.send("GET /last HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
  assert.match(await client.untilEnd(), /GET \/last$/);
});

test("answers requests that arrive during a drain, on old and new connections", async (t) => {
  const platform = await startFixtures(t, { idleWindowMs: 20 });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.after(() => agent.destroy());
  const echo = platform.function("echo");
  const rounds = 10;
  for (let round = 0; round < rounds; round += 1) {
    assert.equal(await send(urlOf(platform, "echo", "/first"), "GET", "", agent), "200 GET /first");
    await waitForDrain(echo);
    const answers = [0, 1, 2, 3].map(async (client) => {
      // Each request arrives at another moment of the drain.
      for (let turn = 0; turn < (round * (7 + client)) % 16; turn += 1) await nextTurn();
      const body = `${client}/${round}`;
      const method = round % 2 === 0 ? "POST" : "GET";
      const usesAgent = (round + client) % 3 !== 0;
      const url = urlOf(platform, "echo", `/${body}`);
      const answer = await send(url, method, body, usesAgent && agent);
      assert.equal(answer, method === "POST" ? `200 ${body}` : `200 GET /${body}`);
    });
    await Promise.all(answers);
    await echo.waitForState("zero");
  }
  const { starts } = echo.snapshot();
  assert.ok(starts >= rounds, `${starts} starts`);
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

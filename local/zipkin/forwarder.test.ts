import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { startFixtures, waitUntil } from "../fixtures/start-fixtures.ts";

const json = JSON.stringify([{ traceId: "1234", id: "1" }]);

test("forwards spans to ZIPKIN_ENDPOINT, and logs its failure and its recovery once each", async (t) => {
  const bodies: string[] = [];
  let status = 500;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    bodies.push(`${request.url} ${body}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const lines: string[] = [];
  const platform = await startFixtures(t, {
    env: { ...process.env, ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}` },
    logs: (line) => lines.push(line),
  });
  const post = async (count: number) => {
    await fetch(`${platform.urls.console}/api/v2/spans`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: json,
    });
    await waitUntil(() => bodies.length === count);
  };
  await post(1);
  await post(2);
  await waitUntil(() => lines.some((line) => line.includes("spans do not reach")));
  status = 202;
  await post(3);
  await waitUntil(() => lines.some((line) => line.includes("again")));
  assert.equal(bodies[2], `/api/v2/spans ${json}`);
  assert.equal(lines.filter((line) => line.includes("ZIPKIN_ENDPOINT")).length, 2);
});

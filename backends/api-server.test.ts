import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { ApiError, ApiServer } from "./api-server.ts";
import { skipWithoutKubectl as skip, writeKubeconfig } from "./fixtures/kubeconfig.ts";
import { createKubectl, KubectlMissingError } from "./kubectl.ts";

const events = [
  { type: "ADDED", object: { name: "a" } },
  { type: "DELETED", object: { name: "ä" } },
];

/** Opens an API server with a watch of two events, a missing and a refused path; others return a list. */
async function openServer(t: TestContext): Promise<{ api: ApiServer; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await request.toArray();
    requests.push(`${request.method} ${request.url} ${Buffer.concat(body)}`);
    if (request.url === "/api/missing") response.writeHead(404).end('{"message":"not found"}');
    else if (request.url === "/api/refused") response.writeHead(403).end('{"message":"forbidden"}');
    else if (request.url !== "/api/watch") response.end('{"items":[1]}');
    else {
      // Two chunks, split within a character of the second event.
      const text = Buffer.from(events.map((each) => `${JSON.stringify(each)}\n`).join(""));
      const cut = text.indexOf(0xc3) + 1;
      response.write(text.subarray(0, cut), () => response.end(text.subarray(cut)));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  useKubeconfig(t, url);
  const api = await ApiServer.open(createKubectl());
  t.after(() => api.close());
  return { api, requests };
}

function useKubeconfig(t: TestContext, url: string): void {
  const { KUBECONFIG: before = "" } = process.env;
  process.env.KUBECONFIG = writeKubeconfig(t, { only: url });
  t.after(() => {
    process.env.KUBECONFIG = before;
  });
}

test("requests reach the API server of the kubeconfig", { skip }, async (t) => {
  const { api, requests } = await openServer(t);
  assert.deepEqual(await api.request("/api/list"), { items: [1] });
  await api.request("/api/list", { method: "PUT", body: { kind: "Pod" } });
  assert.deepEqual(requests.slice(-2), ["GET /api/list ", 'PUT /api/list {"kind":"Pod"}']);
});

test("a missing object is undefined, and a refusal has the server's message", {
  skip,
}, async (t) => {
  const { api } = await openServer(t);
  assert.equal(await api.find("/api/missing"), undefined);
  await assert.rejects(
    api.find("/api/refused"),
    (error) =>
      error instanceof ApiError && error.status === 403 && /forbidden$/.test(error.message),
  );
});

test("a watch yields each event of the stream", { skip }, async (t) => {
  const { api } = await openServer(t);
  const seen = await Readable.from(api.watch("/api/watch", t.signal)).toArray();
  assert.deepEqual(seen, events);
});

test("an error names the cluster that does not respond", { skip }, async (t) => {
  useKubeconfig(t, "http://127.0.0.1:1");
  await assert.rejects(ApiServer.open(createKubectl()), {
    name: "BackendError",
    message: /^the cluster cannot be read: .*127\.0\.0\.1:1/,
  });
});

test("the error for a missing kubectl includes how to install it", async () => {
  const missing = () => Promise.reject(new KubectlMissingError());
  const kubectl = { ...createKubectl(), stream: missing };
  await assert.rejects(ApiServer.open(kubectl), {
    name: "BackendError",
    message: /^the cluster cannot be read: kubectl is not on the PATH: install it/,
  });
});

import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { after, test } from "node:test";
import { configureLog } from "../log.ts";
import { startRedisForTest } from "./fixtures/redis-for-test.ts";
import { Redis } from "./redis.ts";

configureLog({ level: "error" });
const server = await startRedisForTest();
after(() => server?.stop());
const options = server ? {} : { skip: "redis-server is not installed" };

// As a node that has lost its power: its connections stay open, and nothing on them is answered.
test("a connection whose peer has vanished is replaced", options, async (t) => {
  const { address = "", username, password } = server ?? {};
  const { hostname, port } = new URL(`redis://${address}`);
  const open = new Set<{ unpipe(): void }>();
  const proxy = createServer((incoming) => {
    const outgoing = connect({ host: hostname, port: Number(port) });
    for (const socket of [incoming, outgoing]) {
      socket.on("error", () => undefined);
      open.add(socket);
    }
    incoming.pipe(outgoing).pipe(incoming);
    t.after(() => incoming.destroy());
    t.after(() => outgoing.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => proxy.close());
  const proxied = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const redis = new Redis({ address: proxied, username, password, scripts: {} });
  t.after(() => redis.close());
  await redis.ping();
  for (const socket of open) socket.unpipe();
  await assert.rejects(redis.ping(), { name: "StoreError", unreachable: true });
  // The connection may be closed a moment after the command has failed.
  await redis.ping().catch(() => redis.ping());
});

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type RedisForTest, startRedisForTest } from "#runtime/store/fixtures/redis-for-test.ts";
import { Redis } from "#runtime/store/redis.ts";
import { poll } from "../fixtures/poll.ts";
import { OrderShop } from "../orders/fixtures/order-shop.ts";
import { describeStoreFault } from "./store-fault.ts";

// `startRedisForTest` is undefined without a redis-server.
const probe = await startRedisForTest();
await probe?.stop();

describe("Redis", { skip: probe ? false : "redis-server is not installed" }, () => {
  let shop: OrderShop;
  let redis: Redis;

  before(async () => {
    const started = await OrderShop.start("Redis");
    assert.ok(started?.redis);
    shop = started;
    redis = connect(started.redis);
  });

  after(async () => {
    await redis?.close();
    await shop?.close();
  });

  test("a full memory, with noeviction, refuses carts and orders with a clear error", (t) =>
    describeStoreFault(t, shop, {
      name: "Redis at maxmemory, noeviction",
      isReadable: true,
      inject: () => configure(redis, "maxmemory", "1"),
      repair: () => configure(redis, "maxmemory", "0"),
    }));

  test("a failover to another server leaves a read-only replica, until the roles are changed back", async (t) => {
    const other = await startRedisForTest();
    assert.ok(other && shop.redis);
    const { redis: first } = shop;
    const otherRedis = connect(other);
    t.after(async () => {
      await otherRedis.close();
      await other.stop();
    });
    // Otherwise the first synchronization starts after five seconds.
    await configure(redis, "repl-diskless-sync-delay", "0");
    await follow(otherRedis, first);
    await authenticateAt(redis, other);
    await describeStoreFault(t, shop, {
      name: "Redis is a read-only replica",
      isReadable: true,
      inject: () => failOver(redis, other, otherRedis),
      repair: () => failOver(otherRedis, first, redis),
    });
  });

  test("a password that was changed is an error of the shop, not of the visitor", (t) => {
    const secret = shop.redis?.password ?? "";
    // The connection that changes it stays authenticated.
    return describeStoreFault(t, shop, {
      name: "wrong Redis password",
      isReadable: false,
      inject: async () => {
        await setPassword(redis, "another-secret");
        await call(redis, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      },
      repair: () => setPassword(redis, secret),
    });
  });
});

// As an operator, because the functions' user may not run the commands of these tests.
function connect(server: RedisForTest): Redis {
  return new Redis({ ...server.readAdmin(), scripts: {} });
}

async function call(redis: Redis, name: string, ...args: string[]): Promise<void> {
  await redis.command(name, (client) => client.call(name, ...args));
}

function configure(redis: Redis, name: string, value: string): Promise<void> {
  return call(redis, "CONFIG", "SET", name, value);
}

/** Changes the password of the functions' user. */
function setPassword(redis: Redis, password: string): Promise<void> {
  return call(redis, "ACL", "SETUSER", "shop", "resetpass", `>${password}`);
}

/** Lets a server authenticate at its master. */
async function authenticateAt(redis: Redis, master: RedisForTest): Promise<void> {
  const { username = "", password = "" } = master.readAdmin();
  await configure(redis, "masteruser", username);
  await configure(redis, "masterauth", password);
}

/** Makes a server a replica. */
async function follow(redis: Redis, master: RedisForTest): Promise<void> {
  await authenticateAt(redis, master);
  await call(redis, "REPLICAOF", ...master.address.split(":"));
}

/** Changes the roles of a master and its replica; no write that was acknowledged is lost. */
async function failOver(master: Redis, replica: RedisForTest, replicaRedis: Redis): Promise<void> {
  // A master fails over only to a replica that it has as online, which is after the replica's link is up.
  const roleOf = (redis: Redis) =>
    redis.command("INFO", async (client) => {
      const info = await client.info("replication");
      return info.match(/role:\w+|master_link_status:\w+|state=\w+/g)?.join(" ");
    });
  let roles: (string | undefined)[] = [];
  const until = (...expected: string[]) =>
    poll(
      async () => {
        roles = await Promise.all([roleOf(master), roleOf(replicaRedis)]);
        return expected.every((role, index) => roles[index] === role) ? true : undefined;
      },
      () => `the roles are ${roles}`,
    );
  await until("role:master state=online", "role:slave master_link_status:up");
  await call(master, "FAILOVER", "TO", ...replica.address.split(":"));
  await until("role:slave master_link_status:up", "role:master state=online");
}

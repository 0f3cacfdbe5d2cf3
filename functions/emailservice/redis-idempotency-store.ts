import { Redis } from "#runtime/store/redis.ts";
import type { RedisAddress } from "#runtime/store/store-config.ts";
import { type IdempotencyStore, type Reservation, retentionMs } from "./idempotency-store.ts";

/**
 * Records sent mails in Redis, under the key `mail:ORDER_ID`; several instances can share it. A reservation
 * expires after `leaseMs` milliseconds.
 */
export function createRedisIdempotencyStore(
  address: RedisAddress,
  leaseMs: number,
): IdempotencyStore {
  const redis = new Redis({ ...address, scripts });
  return {
    reserve: async (orderId, token) =>
      (await redis.script(
        "reserveMail",
        keyOf(orderId),
        reservationOf(token),
        leaseMs,
      )) as Reservation,
    recordSent: async (orderId) => {
      await redis.command("SET", (client) => client.set(keyOf(orderId), "sent", "PX", retentionMs));
    },
    release: async (orderId, token) => {
      await redis.script("releaseMail", keyOf(orderId), reservationOf(token));
    },
    ping: () => redis.ping(),
    close: () => redis.close(),
  };
}

function keyOf(orderId: string): string {
  return `mail:${orderId}`;
}

function reservationOf(token: string): string {
  return `sending:${token}`;
}

const scripts = {
  reserveMail: `
    local state = redis.call('GET', KEYS[1])
    if state == 'sent' then return 'sent' end
    if state then return 'sending' end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 'reserved'
  `,
  releaseMail: `
    if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
    return 0
  `,
};

import { Redis } from "#runtime/store/redis.ts";
import type { RedisAddress } from "#runtime/store/store-config.ts";
import { type Claim, leaseMs, type OnceStore, rememberMs } from "./once-store.ts";

/** Sent mails in Redis, under the key `mail:<order id>`: the store for more than one machine. */
export function createRedisOnceStore(address: RedisAddress): OnceStore {
  const redis = new Redis({ ...address, scripts });
  return {
    claim: async (orderId, token) =>
      (await redis.script("claimMail", keyOf(orderId), claimOf(token), leaseMs)) as Claim,
    markSent: async (orderId) => {
      await redis.command("SET", (client) => client.set(keyOf(orderId), "sent", "PX", rememberMs));
    },
    release: async (orderId, token) => {
      await redis.script("releaseMail", keyOf(orderId), claimOf(token));
    },
    ping: () => redis.ping(),
    close: () => redis.close(),
  };
}

function keyOf(orderId: string): string {
  return `mail:${orderId}`;
}

function claimOf(token: string): string {
  return `sending:${token}`;
}

const scripts = {
  claimMail: `
    local state = redis.call('GET', KEYS[1])
    if state == 'sent' then return 'sent' end
    if state then return 'sending' end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 'claimed'
  `,
  releaseMail: `
    if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
    return 0
  `,
};

import { Redis } from "#runtime/store/redis.ts";
import type { RedisAddress } from "#runtime/store/store-config.ts";
import { linesOf, parseCartRecord } from "./cart-record.ts";
import {
  type CartStore,
  maxLines,
  maxQuantity,
  removalTtlMs,
  type WriteOutcome,
} from "./cart-store.ts";

/**
 * Stores carts in Redis, under the key `cart:USER_ID`; several instances can share it. A cart expires
 * `ttlMs` after its last change. A removed order is the key `cart-removal:ORDER_ID:USER_ID`.
 */
export function createRedisCartStore({
  ttlMs,
  ...address
}: RedisAddress & { ttlMs: number }): CartStore {
  const redis = new Redis({ ...address, scripts });
  const change = async (script: string, userId: string, productId: string, quantity: number) => {
    const limits = [maxLines, maxQuantity, Math.ceil(ttlMs)];
    return (await redis.script(
      script,
      keyOf(userId),
      productId,
      quantity,
      ...limits,
    )) as WriteOutcome;
  };
  return {
    addItem: (...item) => change("addCartItem", ...item),
    setItemQuantity: (...item) => change("setCartItemQuantity", ...item),
    removeItems: async (userId, items, orderId) => {
      const lines = items.flatMap(({ productId, quantity }) => [productId, quantity]);
      const removal = `cart-removal:${orderId}:${userId}`;
      const times = [removalTtlMs, Math.ceil(ttlMs)];
      await redis.script("removeCartItems", keyOf(userId), removal, ...times, ...lines);
    },
    getCart: async (userId) => {
      const text = await redis.command("GET", (client) => client.get(keyOf(userId)));
      return linesOf(parseCartRecord(text));
    },
    emptyCart: async (userId) => {
      await redis.command("DEL", (client) => client.del(keyOf(userId)));
    },
    ping: () => redis.ping(),
    close: () => redis.close(),
  };
}

function keyOf(userId: string): string {
  return `cart:${userId}`;
}

// Each write is one script, because Redis runs a script atomically. They follow the rules of
// cart-record.ts; one test suite covers both stores.
const editRecord = `
  local product, quantity = ARGV[1], tonumber(ARGV[2])
  local max_lines, max_quantity, ttl_ms = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
  local text = redis.call('GET', KEYS[1])
  local record = text and cjson.decode(text) or {}
  local index = #record + 1
  for i, line in ipairs(record) do
    if line[1] == product then index = i end
  end
`;

const saveRecord = `
  if #record == 0 then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], cjson.encode(record), 'PX', ttl_ms)
  end
`;

const storeRecord = `
  if quantity > max_quantity then return 'out-of-range' end
  if index > max_lines and quantity > 0 then return 'too-many-lines' end
  if quantity > 0 then
    record[index] = {product, quantity}
  elseif record[index] then
    table.remove(record, index)
  end
  ${saveRecord}
  return 'ok'
`;

const addQuantity = "if record[index] then quantity = quantity + record[index][2] end";

// Redis keeps the writes before an error of a script, so everything that can fail comes first.
const removeItems = `
  local removal, removal_ttl_ms, ttl_ms = ARGV[1], ARGV[2], ARGV[3]
  if redis.call('EXISTS', removal) == 1 then return end
  local text = redis.call('GET', KEYS[1])
  local record = text and cjson.decode(text) or {}
  for argument = 4, #ARGV, 2 do
    for i, line in ipairs(record) do
      if line[1] == ARGV[argument] then
        line[2] = line[2] - tonumber(ARGV[argument + 1])
        if line[2] <= 0 then table.remove(record, i) end
        break
      end
    end
  end
  redis.call('SET', removal, '', 'PX', removal_ttl_ms)
  ${saveRecord}
`;

const scripts = {
  addCartItem: `${editRecord}${addQuantity}${storeRecord}`,
  setCartItemQuantity: `${editRecord}${storeRecord}`,
  removeCartItems: removeItems,
};

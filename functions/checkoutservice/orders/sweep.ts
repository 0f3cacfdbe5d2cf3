import type { SweepResponse } from "#protos/hipstershop.ts";
import { log } from "#runtime/log.ts";
import { beforeDeadline } from "./before-deadline.ts";
import {
  acquireOrder,
  type Entry,
  isLeased,
  type OrderContext,
  readEntry,
  releaseAfter,
} from "./hold.ts";
import { logInterruption } from "./join-order.ts";
import { isOpen, orderTags, parseRecord } from "./order-record.ts";
import { settleOrder } from "./settle-order.ts";

/** How a sweep depends on its caller. */
export interface SweepOptions {
  /** Once it aborts, no further order is started. */
  readonly signal?: AbortSignal;
  /** When the caller must have its answer; what has been started continues. */
  readonly deadline?: Date | undefined;
  /** Registers the work on an order, so that a drain waits for it. */
  readonly waitUntil?: (work: Promise<unknown>) => void;
}

const pageSize = 200;
const concurrency = 8;
const pollMs = 500;

/**
 * Finishes the orders on which no process works, as far as the caller waits. Orders whose lease ends within
 * the duration of a lease are waited for, since their process may have been killed. Orders whose record
 * cannot be read stay open, and are logged.
 *
 * @returns how many orders this call settled, and how many are open afterwards
 */
export async function sweepOrders(
  context: OrderContext,
  options: SweepOptions = {},
): Promise<SweepResponse> {
  let settled = 0;
  const finish = async (entry: Entry) => {
    if (await settleIfFree(context, entry, options)) settled += 1;
  };
  await beforeDeadline(context, options, finishAll(context, options, finish));
  return { settled, open: await context.store.count(orderTags.open) };
}

async function finishAll(
  context: OrderContext,
  options: SweepOptions,
  finish: (entry: Entry) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  const leased: Entry[] = [];
  for (;;) {
    const limit = seen.size + pageSize;
    const texts = await context.store.list(orderTags.open, { limit, order: "oldest" });
    const seenBefore = seen.size;
    const page = texts.flatMap((text) => parseUnseen(text, seen));
    if (seen.size === seenBefore) break;
    const nowMs = context.now();
    leased.push(...page.filter(({ record }) => isLeased(record, nowMs)));
    await forEach(
      page.filter(({ record }) => !isLeased(record, nowMs)),
      finish,
      options,
    );
  }
  await forEach(await waitForLeases(context, leased, options), finish, options);
}

// Adds the order to those that were seen; empty if it was seen before or cannot be read.
function parseUnseen(text: string, seen: Set<string>): Entry[] {
  if (seen.has(text)) return [];
  try {
    const record = parseRecord(text);
    if (seen.has(record.orderId)) return [];
    seen.add(record.orderId);
    return [{ text, record }];
  } catch (error) {
    // The sweep of the other orders must not depend on it.
    seen.add(text);
    log.error("an open order cannot be read", { error });
    return [];
  }
}

// Most of these orders are settled soon by the process that has the lease.
async function waitForLeases(
  context: OrderContext,
  leased: readonly Entry[],
  { signal }: SweepOptions,
): Promise<Entry[]> {
  const { now, leaseMs, pause } = context;
  const endMs = now() + leaseMs;
  let open = [...leased];
  for (;;) {
    const endsMs = open.map(({ record }) => record.lease?.untilMs ?? 0);
    const leftMs = Math.min(endMs, Math.max(0, ...endsMs)) - now();
    if (leftMs <= 0 || signal?.aborted) return open;
    await pause(Math.min(leftMs, pollMs), signal);
    const entries = await Promise.all(open.map(({ record }) => readEntry(context, record.orderId)));
    open = entries.flatMap((entry) => (entry && isOpen(entry.record) ? entry : []));
  }
}

async function settleIfFree(
  context: OrderContext,
  entry: Entry,
  { waitUntil }: SweepOptions,
): Promise<boolean> {
  const { orderId } = entry.record;
  try {
    const hold = await acquireOrder(context, entry);
    if (!hold) return false;
    const work = releaseAfter(hold, () => settleOrder(context, hold));
    waitUntil?.(work.catch(() => undefined));
    await work;
    return !isOpen(hold.record);
  } catch (error) {
    logInterruption(orderId, error);
    return false;
  }
}

async function forEach<T>(
  values: readonly T[],
  work: (value: T) => Promise<void>,
  { signal }: SweepOptions,
): Promise<void> {
  const queue = [...values];
  const run = async () => {
    for (let next = queue.shift(); next !== undefined && !signal?.aborted; next = queue.shift()) {
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, run));
}

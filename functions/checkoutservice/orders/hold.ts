import type { KnownAmounts } from "./known-amounts.ts";
import { describeRecord, isOpen, type OrderRecord, parseRecord } from "./order-record.ts";
import type { OrderPort } from "./port.ts";

/** The port with the state of one process. */
export interface OrderContext extends OrderPort {
  /** The orders that this process works on. */
  readonly holds: Set<OrderHold>;
  /** The prices and the quote of its last orders. */
  readonly amounts: KnownAmounts;
}

/** A record with the text that the store has. */
export interface Entry {
  /** The stored text, which the next write expects. */
  readonly text: string;
  /** Its content. */
  readonly record: OrderRecord;
}

/** Another process took over the order, because the lease had ended. */
export class LeaseLost extends Error {
  constructor(orderId: string) {
    super(`the lease of order ${orderId} was lost`);
    this.name = "LeaseLost";
  }
}

/** Reads an order; undefined if it is unknown or expired. */
export async function readEntry(
  { store }: Pick<OrderContext, "store">,
  orderId: string,
): Promise<Entry | undefined> {
  const text = await store.get(orderId);
  return text === undefined ? undefined : { text, record: parseRecord(text) };
}

/** Whether a process works on the order. */
export function isLeased({ lease }: OrderRecord, nowMs: number): boolean {
  return lease !== undefined && lease.untilMs > nowMs;
}

/** Records a new order with a lease. Undefined if the order exists already. */
export async function createOrder(
  context: OrderContext,
  record: OrderRecord,
): Promise<OrderHold | undefined> {
  return takeOrder(context, { text: undefined, record });
}

/** Takes the lease of an order. Undefined if another process has it, or changed the order meanwhile. */
export async function acquireOrder(
  context: OrderContext,
  entry: Entry,
): Promise<OrderHold | undefined> {
  return isLeased(entry.record, context.now()) ? undefined : takeOrder(context, entry);
}

async function takeOrder(
  context: OrderContext,
  { text, record }: { text: string | undefined; record: OrderRecord },
): Promise<OrderHold | undefined> {
  const hold = new OrderHold(context, { text, record }, context.newId());
  try {
    await hold.write((current) => current);
  } catch (error) {
    if (error instanceof LeaseLost) return undefined;
    throw error;
  }
  context.holds.add(hold);
  return hold;
}

/** An order on which this process works. Each write is a compare-and-set, and renews the lease. */
export class OrderHold {
  readonly #context: OrderContext;
  readonly #owner: string;
  #text: string | undefined;
  #record: OrderRecord;

  constructor(
    context: OrderContext,
    { text, record }: { text: string | undefined; record: OrderRecord },
    owner: string,
  ) {
    this.#context = context;
    this.#text = text;
    this.#record = record;
    this.#owner = owner;
  }

  /** The record as it was written last. */
  get record(): OrderRecord {
    return this.#record;
  }

  /**
   * Writes the changed record. The change is made again if an operator or a dead letter changed the record
   * meanwhile.
   *
   * @throws LeaseLost if another process has the order, StoreError
   */
  async write(change: (record: OrderRecord) => OrderRecord): Promise<void> {
    const { store, now, leaseMs, retentionMs } = this.#context;
    const { orderId } = this.#record;
    for (;;) {
      const nowMs = now();
      const changed = change(this.#record);
      const lease = { owner: this.#owner, untilMs: nowMs + leaseMs };
      const next = {
        ...changed,
        lease: isOpen(changed) ? lease : undefined,
        expiresAtMs: nowMs + retentionMs,
      };
      const write = describeRecord(next);
      const isWritten = await store.replace(orderId, this.#text, write);
      if (isWritten) return this.#set({ text: write.value, record: next });
      const current = await readEntry(this.#context, orderId);
      // The store may repeat a write whose answer got lost.
      if (current?.text === write.value) return this.#set(current);
      if (current?.record.lease?.owner !== this.#owner) throw new LeaseLost(orderId);
      this.#set(current);
    }
  }

  /** Deletes the record, and with it the order. Does nothing if another process has the order. */
  async remove(): Promise<void> {
    const { store, holds } = this.#context;
    const { orderId } = this.#record;
    holds.delete(this);
    while (this.#text !== undefined && !(await store.remove(orderId, this.#text))) {
      const current = await readEntry(this.#context, orderId);
      if (current?.record.lease?.owner !== this.#owner) return;
      this.#set(current);
    }
  }

  /** Ends the lease, so that another process can continue at once. Never rejects. */
  async release(): Promise<void> {
    const { store, holds } = this.#context;
    holds.delete(this);
    const { orderId, lease, ...rest } = this.#record;
    if (lease?.owner !== this.#owner) return;
    const write = describeRecord({ ...rest, orderId });
    // If the record has changed, or the store does not answer, the lease ends by itself.
    await store.replace(orderId, this.#text, write).catch(() => false);
  }

  #set({ text, record }: Entry): void {
    this.#text = text;
    this.#record = record;
  }
}

/** Runs work on an order, and then ends the lease. Rejects as the work does. */
export async function releaseAfter(hold: OrderHold, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await hold.release();
  }
}

/**
 * Changes an order, whoever has its lease, which stays as it is.
 *
 * @param change returns undefined if nothing is to be changed
 * @returns the record afterwards; undefined if the order is unknown
 */
export async function editOrder(
  context: OrderContext,
  orderId: string,
  change: (record: OrderRecord) => OrderRecord | undefined,
): Promise<OrderRecord | undefined> {
  for (;;) {
    const entry = await readEntry(context, orderId);
    const changed = entry && change(entry.record);
    if (!changed) return entry?.record;
    const next = { ...changed, expiresAtMs: context.now() + context.retentionMs };
    if (await context.store.replace(orderId, entry.text, describeRecord(next))) return next;
  }
}

import { Http2SubchannelConnector } from "@grpc/grpc-js/build/src/transport.js";

/**
 * The calls of a connection that have not ended, for grpc-js, which keeps them in a `Set`. V8 replaces the table of a
 * set after every few calls, and each old table refers to the next one and to the calls of its time. Once one table is
 * in the old generation, nearly all later calls survive until a full collection. An array has no old tables.
 */
export class ActiveCalls<T> implements Iterable<T> {
  readonly #calls: T[] = [];

  /** Calls that have not ended. */
  get size(): number {
    return this.#calls.length;
  }

  /** Adds a call that is not there yet. */
  add(call: T): void {
    this.#calls.push(call);
  }

  /** Removes a call, and returns whether it was there. */
  delete(call: T): boolean {
    const at = this.#calls.indexOf(call);
    if (at < 0) return false;
    const last = this.#calls.pop();
    // The order does not matter, and moving all others would cost more.
    if (last !== undefined && at < this.#calls.length) this.#calls[at] = last;
    return true;
  }

  /** Iterates over the present calls, also if some end meanwhile. */
  [Symbol.iterator](): ArrayIterator<T> {
    return [...this.#calls].values();
  }
}

// grpc-js has no option for it, and does not export its connections' class.
const { connect } = Http2SubchannelConnector.prototype;

/** Lets the connections that grpc-js opens from now on keep their calls in `ActiveCalls`. */
export function keepCallsYoung(): void {
  Http2SubchannelConnector.prototype.connect = async function (...args) {
    const transport = await connect.apply(this, args);
    Object.assign(transport, { activeCalls: new ActiveCalls() });
    return transport;
  };
}

import { StatusError } from "#runtime/status.ts";
import { StoreError } from "#runtime/store/store-error.ts";
import type { Life, Simulation, Task } from "./simulation.ts";

/** A message to another process, and its answer. */
export interface Message<T> {
  /** The process that sends it. */
  readonly from: Life;
  /** Names it in traces, such as `payment.charge`. */
  readonly label: string;
  /** Handles it in the receiving process. */
  readonly serve: () => Promise<T>;
  /** Milliseconds after which the sender gives up with DEADLINE_EXCEEDED. */
  readonly timeoutMs: number;
  /** Whether clients retry it, so that it may arrive twice. */
  readonly canRepeat: boolean;
  /** Called when the sender gives up. */
  readonly onTimeout?: (() => void) | undefined;
  /** Called when the request is sent again. */
  readonly onRepeat?: (() => void) | undefined;
}

/**
 * Sends a message. Request and answer are tasks: each may be late, fail or get lost, and the request may
 * arrive twice. The sender knows the outcome only if an answer arrives.
 */
export function send<T>(sim: Simulation, message: Message<T>): Promise<T> {
  const { from, label, serve, timeoutMs, canRepeat, onTimeout, onRepeat } = message;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const cancelTimer = sim.at(sim.now() + timeoutMs, {
    label: `${label} deadline`,
    owner: from,
    run: () => {
      onTimeout?.();
      reject(new StatusError("DEADLINE_EXCEEDED", `${label} took ${timeoutMs} ms`));
    },
  });
  let isOpen = true;
  promise
    .catch(() => undefined)
    .finally(() => {
      isOpen = false;
    });
  const answer = (settle: () => void) => {
    const end = (work: () => void) => () => {
      cancelTimer();
      work();
    };
    sim.schedule({
      label: `${label} answer`,
      owner: from,
      canLose: true,
      run: end(settle),
      fail: end(() => reject(lost(label))),
    });
  };
  const request: Task = {
    label: `${label} request`,
    owner: undefined,
    sender: from,
    isStray: () => from.isOver || !isOpen,
    canLose: true,
    run: () => {
      serve().then(
        (value) => answer(() => resolve(value)),
        (error: unknown) => answer(() => reject(error)),
      );
    },
    fail: () => answer(() => reject(lost(label))),
  };
  // The copy arrives at any later time.
  const repeat = () => {
    onRepeat?.();
    sim.schedule(request);
    sim.schedule({ ...request, label: `${label} repeated request` });
  };
  sim.schedule(canRepeat ? { ...request, repeat } : request);
  return promise;
}

function lost(label: string): StatusError {
  return new StatusError("UNAVAILABLE", `the connection of ${label} was lost`);
}

/**
 * Runs one operation of a process on a store. It may fail before and after it takes effect; the process
 * does not learn which.
 */
export function access<T>(
  sim: Simulation,
  life: Life,
  label: string,
  work: () => Promise<T>,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const fail = () => reject(new StoreError(`${label} failed`, { unreachable: true, cause: label }));
  const run = (outcome: Promise<T>) => {
    const settle = () => void outcome.then(resolve, reject);
    sim.schedule({ label: `${label} answer`, owner: life, run: settle, fail });
  };
  sim.schedule({
    label: `${label} request`,
    owner: undefined,
    sender: life,
    run: () => run(work()),
    fail,
    // A store's client that lost the answer asks again, and gets the second answer.
    repeat: () => run(work().then(work)),
  });
  return promise;
}

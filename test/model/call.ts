import type {
  CallContext,
  CallOptions,
  Client,
  Handlers,
  ServiceDefinition,
} from "#runtime/rpc.ts";
import { StatusError, toStatusError } from "#runtime/status.ts";
import { send } from "./network.ts";
import type { Server } from "./server.ts";
import type { Life, Simulation } from "./simulation.ts";

// The default of clients.
const defaultTimeoutMs = 10_000;

/** The context of a call without a deadline. */
export function createCallContext(method: string, changes: Partial<CallContext> = {}): CallContext {
  return {
    method,
    signal: new AbortController().signal,
    deadline: undefined,
    coldStarts: [],
    allowCaching: () => undefined,
    waitUntil: () => undefined,
    ...changes,
  };
}

type UntypedHandlers = Record<string, (request: unknown, context: CallContext) => unknown>;

/**
 * Creates a process's client of a service. Calls may arrive twice if clients retry them: if the proto
 * declares the method idempotent, or the caller says so.
 */
export function createModelClient<const D extends ServiceDefinition>(
  sim: Simulation,
  from: Life,
  name: string,
  definition: D,
  server: Server<Handlers<D>>,
): Client<D> {
  const client: Record<string, unknown> = { close: () => undefined };
  for (const [key, method] of Object.entries(definition.methods)) {
    const label = `${name}.${key}`;
    client[key] = (request: unknown, options: CallOptions = {}) =>
      send(sim, {
        from,
        label,
        timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
        canRepeat: options.isRepeatable ?? method.options.idempotencyLevel !== undefined,
        onRepeat: options.onRetry,
        serve: () =>
          server
            .serve(async (handlers) => {
              const handle = (handlers as unknown as UntypedHandlers)[key];
              return await handle?.(request, createCallContext(label));
            })
            .catch((error: unknown) => Promise.reject(overTheWire(error))),
      });
  }
  return client as Client<D>;
}

/** An error as a caller in another process gets it. */
export function overTheWire(error: unknown): StatusError {
  const { code, message, info } = toStatusError(error);
  return new StatusError(code, message, info && { info });
}

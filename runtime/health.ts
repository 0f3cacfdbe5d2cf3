import type {
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
} from "@grpc/grpc-js";
import {
  type HealthCheckRequest,
  type HealthCheckResponse,
  HealthCheckResponse_ServingStatus,
  HealthDefinition,
  type HealthListResponse,
} from "#protos/grpc/health/v1/health.ts";
import { decodeRequest } from "./decode-request.ts";
import { encodeMessage } from "./encode-message.ts";
import { toGrpcFailure } from "./grpc-call.ts";
import { log } from "./log.ts";
import type { MethodDefinition } from "./rpc.ts";
import { StatusError, toStatusError } from "./status.ts";

// Each check is a request to a store, and everyone who reaches the port can ask.
const sharedMs = 1000;
const logEveryMs = 10_000;

/** Whether a function accepts requests: it is not draining, and its stores answer. */
export class Health {
  #draining = false;
  readonly #checkReady: () => Promise<void>;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  #result: Promise<string | undefined> | undefined;
  #nextMs = 0;
  #loggedMs = Number.NEGATIVE_INFINITY;

  /**
   * @param checkReady rejects while something that the function needs, such as its store, does not answer
   * @param now returns milliseconds, 0 or more
   */
  constructor(
    checkReady: () => Promise<void> = () => Promise.resolve(),
    now: () => number = () => performance.now(),
  ) {
    this.#checkReady = checkReady;
    this.#now = now;
  }

  /** True from SIGTERM on. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Makes the function not ready, permanently. */
  startDraining(): void {
    this.#draining = true;
    for (const listener of this.#listeners) listener();
  }

  /**
   * Undefined if the function accepts requests, otherwise why it does not, without the error, which is in the
   * log. Callers at the same time, and those of the second after it, share a check.
   */
  async check(): Promise<string | undefined> {
    if (this.#draining) return "draining: not accepting new requests";
    if (this.#now() >= this.#nextMs) {
      this.#nextMs = Number.POSITIVE_INFINITY;
      this.#result = this.#checkNow();
    }
    return this.#result;
  }

  async #checkNow(): Promise<string | undefined> {
    try {
      await this.#checkReady();
      return undefined;
    } catch (error) {
      if (this.#now() - this.#loggedMs >= logEveryMs) {
        this.#loggedMs = this.#now();
        log.warn("not ready", { error });
      }
      return "not ready: the function's log has the reason";
    } finally {
      this.#nextMs = this.#now() + sharedMs;
    }
  }

  /** Calls the listener when draining starts; the returned function removes it. */
  onDraining(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const { SERVING, NOT_SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;

/**
 * Adds `grpc.health.v1.Health` for the server's own name "" and the given services (gRPC core
 * doc/health-checking.md). Probes are frequent and are not the shop's traffic: they create no
 * spans and no metrics, and do not count as the request that waited for a cold start.
 */
export function addHealthService(
  server: Server,
  health: Health,
  serviceNames: readonly string[],
): void {
  const names = ["", ...serviceNames];
  const status = async () => ((await health.check()) === undefined ? SERVING : NOT_SERVING);
  server.addService(healthMethods, {
    check: async (
      { request }: ServerUnaryCall<Buffer, HealthCheckResponse>,
      respond: sendUnaryData<HealthCheckResponse>,
    ) => {
      try {
        const service = readService(request);
        if (names.includes(service)) return respond(null, { status: await status() });
        throw new StatusError("NOT_FOUND", `this function has no service ${service}`);
      } catch (error) {
        return respond(await toGrpcFailure(toStatusError(error), ""));
      }
    },
    list: async (_call: unknown, respond: sendUnaryData<HealthListResponse>) => {
      const now = await status();
      respond(null, { statuses: Object.fromEntries(names.map((name) => [name, { status: now }])) });
    },
    watch: async (call: ServerWritableStream<Buffer, HealthCheckResponse>) => {
      let isKnown: boolean;
      try {
        isKnown = names.includes(readService(call.request));
      } catch (error) {
        call.emit("error", await toGrpcFailure(toStatusError(error), ""));
        return;
      }
      const stop = health.onDraining(() => {
        if (isKnown) call.write({ status: NOT_SERVING });
        call.end();
      });
      call.once("cancelled", stop);
      call.once("close", stop);
      const now = isKnown ? await status() : SERVICE_UNKNOWN;
      // A drain that started meanwhile has ended the stream.
      if (!call.writableEnded) call.write({ status: now });
    },
  });
}

function readService(bytes: Buffer): string {
  const { check } = HealthDefinition.methods;
  return (decodeRequest(check, HealthDefinition.fullName, bytes) as HealthCheckRequest).service;
}

const healthMethods: ServiceDefinition = Object.fromEntries(
  Object.entries<MethodDefinition>(HealthDefinition.methods).map(([key, method]) => [
    key,
    {
      path: `/${HealthDefinition.fullName}/${method.name}`,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: (message) => encodeMessage(method.requestType, message),
      // As bytes: grpc-js would answer INTERNAL to a request that cannot be decoded.
      requestDeserialize: (bytes) => bytes,
      responseSerialize: (message) => encodeMessage(method.responseType, message),
      responseDeserialize: (bytes) => method.responseType.decode(bytes),
    },
  ]),
);

import type {
  Server,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceDefinition,
  sendUnaryData,
} from "@grpc/grpc-js";
import {
  HealthCheckRequest,
  HealthCheckResponse,
  HealthDefinition,
  HealthListRequest,
  HealthListResponse,
} from "#protos/grpc/health/v1/health.ts";
import { toGrpcFailure } from "./grpc-call.ts";
import { log } from "./log.ts";
import type { MessageCodec } from "./rpc.ts";
import { StatusError } from "./status.ts";

/** Whether a function takes requests: it is up, it is not draining, and its stores answer. */
export class Health {
  #draining = false;
  readonly #checkReady: () => Promise<void>;
  readonly #listeners = new Set<() => void>();

  /** `checkReady` rejects while something that the function needs is missing. */
  constructor(checkReady: () => Promise<void> = () => Promise.resolve()) {
    this.#checkReady = checkReady;
  }

  /** True from the moment of SIGTERM. */
  get draining(): boolean {
    return this.#draining;
  }

  /** From now on the function is not ready any more. */
  startDraining(): void {
    this.#draining = true;
    for (const listener of this.#listeners) listener();
  }

  /** Undefined when the function takes requests, else a sentence that says why not. */
  async check(): Promise<string | undefined> {
    if (this.#draining) return "draining: no new requests, please";
    try {
      await this.#checkReady();
      return undefined;
    } catch (error) {
      log.warn("not ready", { error });
      return `not ready: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Calls the listener when draining starts; the result takes it off again. */
  onDraining(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

/**
 * Adds `grpc.health.v1.Health` for the server's own name "" and the given services (gRPC core
 * doc/health-checking.md). Probes come often and say nothing about the shop's traffic: they make
 * no spans and no metrics, and do not count as the request that met a cold start.
 */
export function addHealthService(
  server: Server,
  health: Health,
  serviceNames: readonly string[],
): void {
  const names = ["", ...serviceNames];
  const status = async () => ((await health.check()) === undefined ? serving : notServing);
  server.addService(healthMethods, {
    check: async (
      { request }: ServerUnaryCall<HealthCheckRequest, HealthCheckResponse>,
      respond: sendUnaryData<HealthCheckResponse>,
    ) => {
      if (names.includes(request.service)) return respond(null, { status: await status() });
      const message = `no service named ${request.service} is served here`;
      return respond(toGrpcFailure(new StatusError("NOT_FOUND", message), ""));
    },
    list: async (_call: unknown, respond: sendUnaryData<HealthListResponse>) => {
      const now = await status();
      respond(null, { statuses: Object.fromEntries(names.map((name) => [name, { status: now }])) });
    },
    watch: async (call: ServerWritableStream<HealthCheckRequest, HealthCheckResponse>) => {
      if (!names.includes(call.request.service)) return void call.write({ status: serviceUnknown });
      const stop = health.onDraining(() => {
        call.write({ status: notServing });
        call.end();
      });
      call.once("cancelled", stop);
      call.once("close", stop);
      const now = await status();
      // The drain may have started meanwhile, and has ended the stream.
      if (!call.writableEnded) call.write({ status: now });
    },
  });
}

const { check, list, watch } = HealthDefinition.methods;

const healthMethods: ServiceDefinition = {
  check: describe(check.name, HealthCheckRequest, HealthCheckResponse, false),
  list: describe(list.name, HealthListRequest, HealthListResponse, false),
  watch: describe(watch.name, HealthCheckRequest, HealthCheckResponse, true),
};

function describe<Request, Response>(
  name: string,
  request: MessageCodec<Request>,
  response: MessageCodec<Response>,
  responseStream: boolean,
): ServiceDefinition[string] {
  return {
    path: `/${HealthDefinition.fullName}/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (message: Request) => Buffer.from(request.encode(message).finish()),
    requestDeserialize: (bytes: Buffer) => request.decode(bytes),
    responseSerialize: (message: Response) => Buffer.from(response.encode(message).finish()),
    responseDeserialize: (bytes: Buffer) => response.decode(bytes),
  };
}

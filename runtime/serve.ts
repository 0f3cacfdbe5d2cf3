import { PrewarmServiceDefinition } from "#protos/prewarm.ts";
import type { HttpDefinition } from "./answer-http.ts";
import type { WaitUntil } from "./background-work.ts";
import { type ConnectionLimits, connectionLimits } from "./connection-limits.ts";
import { createGrpcServer } from "./grpc-server.ts";
import { guardHttp } from "./guard-http.ts";
import { addHealthService, Health } from "./health.ts";
import { createHttpServer } from "./http-server.ts";
import type { InFlight } from "./in-flight.ts";
import type { ListenOptions } from "./listen.ts";
import { log } from "./log.ts";
import { type DualPort, openPort } from "./port.ts";
import type { Dependencies } from "./prewarm.ts";
import type { RequestScope } from "./request-scope.ts";
import { type Access, implement, type ServiceImplementation } from "./rpc.ts";

/** The parts of a function. */
export interface FunctionDefinition extends HttpDefinition {
  /** Its gRPC services. */
  services?: readonly ServiceImplementation[];
  /** The functions that it calls, and its event sink; PREWARM decides whether it warms them up. */
  dependencies?: Dependencies;
  /**
   * Loads code that only some requests need and that must not delay a cold start, and may run it once
   * without an effect. Called when the function is warmed up; must be safe to call again.
   */
  preload?: () => Promise<unknown>;
  /** Rejects while something that the function needs, such as its store, does not answer. */
  checkReady?: () => Promise<void>;
  /**
   * Checks the function's stored data after the first answer, or after a second without a request, since
   * that must not delay a cold start. If it rejects with a ConfigError, the function logs it and exits 2.
   */
  verify?: () => Promise<void>;
  /**
   * Called after `verify`, such as to finish work that an earlier process left. A drain waits
   * only for the work that it registers; a rejection is logged.
   */
  onReady?: (waitUntil: WaitUntil) => Promise<unknown>;
  /** Limits that differ from `connectionLimits`. */
  limits?: Partial<ConnectionLimits>;
  /** Releases the function's resources, after the last response and all background work. */
  close?: () => Promise<void> | void;
}

/** A running function. */
export interface ServingFunction {
  /** The TCP port. */
  readonly port: number;
  /** Serves a connection of another process; see `DualPort`. */
  readonly adopt: DualPort["adopt"];
  /**
   * Finishes requests and background work, accepts nothing new, and closes the function. Safe to call
   * twice.
   */
  drain(): Promise<void>;
  /** Closes everything at once. */
  close(): Promise<void>;
}

/**
 * Opens a function's port and answers requests on it.
 *
 * @param access who may call; everyone who reaches the port if it is undefined
 */
export async function serve(
  definition: FunctionDefinition,
  scope: RequestScope,
  listen: ListenOptions,
  access?: Access,
): Promise<ServingFunction> {
  const { services = [], preload, checkReady, close } = definition;
  const limits = { ...connectionLimits, ...definition.limits };
  const health = new Health(checkReady);
  const warmUp = () => {
    scope.prewarmer.forward();
    preload?.().catch((error: unknown) => log.warn("could not preload", { error }));
  };
  const guarded = [...services, implementWarmUp(warmUp)].map((service) => ({
    ...service,
    access: service.access ?? access?.calls,
  }));
  const grpcServer = createGrpcServer(guarded, scope);
  addHealthService(
    grpcServer,
    health,
    services.map((service) => service.definition.fullName),
  );
  const http = access ? guardHttp(definition, access.requests) : definition;
  const httpServer = createHttpServer(http, health, scope, limits);
  const port = await openPort(grpcServer, httpServer, listen, limits, () => scope.inFlight.touch());
  scope.prewarmer.reportListening();
  let ending: Promise<void> | undefined;
  const end = (work: () => Promise<void>) => {
    scope.prewarmer.close();
    ending ??= work().then(() => close?.());
    return ending;
  };
  return {
    port: port.port,
    adopt: port.adopt,
    drain: () =>
      end(async () => {
        await drain(health, port, scope.inFlight, limits.drainMs);
        await scope.background.settle();
      }),
    close: () =>
      end(async () => {
        health.startDraining();
        port.close();
      }),
  };
}

function implementWarmUp(warmUp: () => void): ServiceImplementation {
  const wake = () => {
    warmUp();
    return {};
  };
  return implement(PrewarmServiceDefinition, { wake }, { isUnlimited: true });
}

// New requests may arrive on connections whose peer has not read the GOAWAY. Therefore connections are
// closed only this many milliseconds after the last request.
const settleMs = 20;

async function drain(
  health: Health,
  port: DualPort,
  inFlight: InFlight,
  drainMs: number,
): Promise<void> {
  health.startDraining();
  port.drain();
  // Not imported at the top, where it would delay a cold start.
  const { setTimeout: delay, setImmediate: nextPoll } = await import("node:timers/promises");
  const endMs = performance.now() + drainMs;
  // A call is in flight until its handler has answered; its stream is open until the trailers are sent. Node.js may close a
  // connection before the end of its response is sent, so none is closed while a request is in flight.
  const countOpen = () => inFlight.count || port.closeIdle();
  do {
    await delay(settleMs);
    // After a pause of the process, timers run before the bytes that have arrived are read.
    await nextPoll();
  } while (countOpen() > 0 && performance.now() < endMs);
  if (countOpen() > 0) {
    log.warn(
      `${countOpen()} requests were still in flight ${drainMs} ms after SIGTERM: their connections are closed`,
    );
  }
  port.close();
}

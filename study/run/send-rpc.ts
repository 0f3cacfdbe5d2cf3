import { Client, credentials, Metadata, type StatusObject } from "@grpc/grpc-js";
import { readMethod } from "#load/methods.ts";
import { serverTimingHeader } from "#runtime/server-timing.ts";
import { statusCodeOf } from "#runtime/status.ts";
import type { Entry } from "../experiment/experiment.ts";
import type { RpcAddress } from "../platforms/platform.ts";
import { epochMs } from "../records/clock.ts";
import { type SentStep, startTrace } from "../records/sent-step.ts";

/** Sends one RPC by a new client, whose connection is part of the latency. Never rejects. */
export async function sendRpc(
  entry: Extract<Entry, { kind: "rpc" }>,
  { address, authority }: RpcAddress,
  timeoutMs: number,
  intendedAtMs: number,
): Promise<SentStep> {
  const method = readMethod(entry.method);
  if (typeof method === "string") throw new Error(method);
  const client = new Client(address, credentials.createInsecure(), {
    "grpc.enable_channelz": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.enable_retries": 0,
    // A connection of its own.
    "grpc.use_local_subchannel_pool": 1,
    ...(authority !== null && { "grpc.default_authority": authority }),
  });
  const { traceId, headers } = startTrace();
  const sentAtMs = epochMs();
  try {
    const metadata = Metadata.fromHttp2Headers(headers);
    const request = method.encode(entry.request);
    const deadline = Date.now() + timeoutMs;
    const { code, metadata: trailers } = await new Promise<StatusObject>((resolve) => {
      client
        // The status has everything that the callback gets.
        .makeUnaryRequest(method.path, asIs, asIs, request, metadata, { deadline }, () => undefined)
        .on("status", resolve);
    });
    const status = code === 0 ? "OK" : statusCodeOf(code);
    const serverTiming = trailers.get(serverTimingHeader).map(String).join(", ");
    const latencyMs = epochMs() - intendedAtMs;
    const isOk = status === "OK";
    const step = entry.method;
    return { step, intendedAtMs, sentAtMs, latencyMs, status, isOk, serverTiming, traceId };
  } finally {
    client.close();
  }
}

function asIs(bytes: Buffer): Buffer {
  return bytes;
}

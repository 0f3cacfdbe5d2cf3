import { subscribe } from "node:diagnostics_channel";
import type { ClientHttp2Stream } from "node:http2";
import { credentials, Client as GrpcClient } from "@grpc/grpc-js";
import { keepCallsYoung } from "./active-calls.ts";
import { connectionLimits } from "./connection-limits.ts";
import { recognizeIPv6Sooner } from "./recognize-ipv6.ts";
import { releaseListeners } from "./release-listeners.ts";

// Equal for all clients: grpc-js shares one connection among the channels to an address whose options
// are equal. Without a service config it retries a call only if the server cannot have received it
// (transparent retries). Its retry policy is not used: it treats any response head, including that of
// HTTP 502, as the start of an answer, after which it does not retry. See retry.ts.
const channelOptions = {
  "grpc.enable_channelz": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.initial_reconnect_backoff_ms": 100,
  // The connection must be open again before a read is retried.
  "grpc.max_reconnect_backoff_ms": 500,
};

/**
 * Opens a plaintext channel. It connects at its first call, or uses the connection that another channel
 * of this process has to the same address with the same authority.
 *
 * @param address `host:port`
 * @param authority the value of `:authority`
 * @param idleMs milliseconds without a call after which the channel closes its connection, 1000 or more
 */
export function openChannel(
  address: string,
  authority: string,
  idleMs: number = connectionLimits.clientIdleMs,
): GrpcClient {
  return new GrpcClient(address, credentials.createInsecure(), {
    ...channelOptions,
    "grpc.default_authority": authority,
    "grpc.client_idle_timeout_ms": idleMs,
  });
}

keepCallsYoung();
recognizeIPv6Sooner();

subscribe("http2.client.stream.close", (message) => {
  const { stream } = message as { stream: ClientHttp2Stream };
  // After the listeners of grpc-js, which were added before.
  stream.once("close", () => releaseListeners(stream));
});

import { type ChannelOptions, credentials, Client as GrpcClient } from "@grpc/grpc-js";
import { connectionLimits } from "./connection-limits.ts";
import { RetryThrottle } from "./retry.ts";

/** A client's share of the channel to a function. */
export interface SharedChannel {
  /** The throttle of all clients' retries to the function. */
  readonly throttle: RetryThrottle;
  /**
   * The channel. The first one who asks opens it.
   *
   * @throws Error after `close`
   */
  open(): GrpcClient;
  /** Gives the share back; the last one closes the channel. Safe to call twice. */
  close(): void;
}

interface Peer {
  readonly shares: Set<object>;
  readonly throttle: RetryThrottle;
  channel: GrpcClient | undefined;
}

const peers = new Map<string, Peer>();

/**
 * Shares one channel, its name resolution and its connection among all clients of a function: whoever
 * calls first, such as a wake, has connected for all.
 *
 * @param authority what is sent as `:authority`
 * @param idleMs milliseconds without a call after which the channel gives up its connection, 1000 or more
 */
export function shareChannel(
  address: string,
  authority: string,
  idleMs: number = connectionLimits.clientIdleMs,
): SharedChannel {
  const key = `${address} ${authority}`;
  const peer: Peer = peers.get(key) ?? {
    shares: new Set(),
    throttle: new RetryThrottle(),
    channel: undefined,
  };
  peers.set(key, peer);
  const share = {};
  peer.shares.add(share);
  return {
    throttle: peer.throttle,
    open: () => {
      if (!peer.shares.has(share)) throw new Error(`the client of ${address} is closed`);
      peer.channel ??= openChannel(address, {
        "grpc.default_authority": authority,
        "grpc.client_idle_timeout_ms": idleMs,
      });
      return peer.channel;
    },
    close: () => {
      if (!peer.shares.delete(share) || peer.shares.size > 0) return;
      peer.channel?.close();
      peers.delete(key);
    },
  };
}

function openChannel(address: string, options: ChannelOptions): GrpcClient {
  return new GrpcClient(address, credentials.createInsecure(), {
    ...channelOptions,
    ...options,
  });
}

// Without a service config grpc-js repeats a call only if the server cannot have seen it (transparent
// retries). Its retry policy is not used: it takes any response head for the start of an answer, that
// of HTTP 502 included, and then repeats nothing. See retry.ts.
const channelOptions = {
  "grpc.enable_channelz": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.initial_reconnect_backoff_ms": 100,
  // A read that is repeated must find the connection made again.
  "grpc.max_reconnect_backoff_ms": 500,
};

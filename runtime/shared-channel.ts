import { credentials, Client as GrpcClient } from "@grpc/grpc-js";
import type { ServiceDefinition } from "./rpc.ts";

/** A client's share of the channel to a function. */
export interface SharedChannel {
  /**
   * The channel. The first one who asks opens it.
   *
   * @throws Error after `close`
   */
  open(): GrpcClient;
  /** Gives the share back; the last one closes the channel. Safe to call twice. */
  close(): void;
}

interface Share {
  readonly definition: ServiceDefinition;
}

interface Peer {
  readonly shares: Set<Share>;
  /** All that were opened, the newest last. */
  readonly channels: GrpcClient[];
  /** Whether the newest one's service config names all services. */
  isCurrent: boolean;
}

const peers = new Map<string, Peer>();

/**
 * Shares one channel, its name resolution and its connection among all clients of a function: whoever
 * calls first, such as a wake, has connected for all. The channel's service config, which says what may
 * be repeated, names the services of all clients that were made by then; one that is made later and
 * brings another service has the next caller open a new channel.
 *
 * @param authority what is sent as `:authority`
 */
export function shareChannel(
  address: string,
  authority: string,
  definition: ServiceDefinition,
): SharedChannel {
  const key = `${address} ${authority}`;
  const peer = peers.get(key) ?? { shares: new Set(), channels: [], isCurrent: false };
  peers.set(key, peer);
  const share: Share = { definition };
  if (!servicesOf(peer).has(definition)) peer.isCurrent = false;
  peer.shares.add(share);
  return {
    open: () => {
      if (!peer.shares.has(share)) throw new Error(`the client of ${address} is closed`);
      const newest = peer.channels.at(-1);
      if (newest && peer.isCurrent) return newest;
      const channel = openChannel(address, authority, servicesOf(peer));
      peer.channels.push(channel);
      peer.isCurrent = true;
      return channel;
    },
    close: () => {
      if (!peer.shares.delete(share) || peer.shares.size > 0) return;
      for (const channel of peer.channels) channel.close();
      peers.delete(key);
    },
  };
}

function servicesOf({ shares }: Peer): Set<ServiceDefinition> {
  return new Set([...shares].map(({ definition }) => definition));
}

function openChannel(
  address: string,
  authority: string,
  services: ReadonlySet<ServiceDefinition>,
): GrpcClient {
  return new GrpcClient(address, credentials.createInsecure(), {
    ...channelOptions,
    "grpc.default_authority": authority,
    "grpc.service_config": JSON.stringify(serviceConfig(services)),
  });
}

const channelOptions = {
  "grpc.enable_channelz": 0,
  "grpc.service_config_disable_resolution": 1,
  "grpc.enable_http_proxy": 0,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 2000,
};

const repeatable = new Set<string | undefined>(["NO_SIDE_EFFECTS", "IDEMPOTENT"]);

// gRFC A6: grpc-js repeats a call within its deadline. Methods that are not named here are only
// repeated where the server cannot have seen them (transparent retries).
function serviceConfig(services: ReadonlySet<ServiceDefinition>): object {
  const name = [...services].flatMap(({ fullName: service, methods }) =>
    Object.values(methods)
      .filter(({ options: { idempotencyLevel } }) => repeatable.has(idempotencyLevel))
      .map((method) => ({ service, method: method.name })),
  );
  if (name.length === 0) return {};
  const retryPolicy = {
    maxAttempts: 4,
    initialBackoff: "0.1s",
    maxBackoff: "1s",
    backoffMultiplier: 2,
    retryableStatusCodes: ["UNAVAILABLE"],
  };
  // Retries stop while most calls fail, so that they do not multiply along the call graph.
  const retryThrottling = { maxTokens: 20, tokenRatio: 0.5 };
  return { methodConfig: [{ name, retryPolicy }], retryThrottling };
}

import type { ApiServer } from "#backends/api-server.ts";
import type { PlatformSettings } from "../records/run-file.ts";
import { PlatformError } from "./platform.ts";

/** `host:port` of Knative's public gateway, and of the cluster-local one. */
export type Gateways = Readonly<Record<"external" | "internal", string>>;

interface GatewayService {
  readonly spec: {
    readonly clusterIP?: string;
    readonly externalIPs?: readonly string[];
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[];
    };
  };
}

/** The given gateways, or Kourier's. Rejects with PlatformError if one is not found. */
export async function findGateways(
  api: ApiServer,
  { gateway, internalGateway }: Pick<PlatformSettings, "gateway" | "internalGateway">,
): Promise<Gateways> {
  const external = gateway ?? (await findKourier(api, "kourier"));
  const internal = internalGateway ?? (await findKourier(api, "kourier-internal"));
  if (external !== undefined && internal !== undefined) return { external, internal };
  throw new PlatformError(
    "Knative's gateways were not found: give their addresses with --gateway and --internal-gateway",
  );
}

async function findKourier(api: ApiServer, name: string): Promise<string | undefined> {
  const path = `/api/v1/namespaces/kourier-system/services/${name}`;
  const found = await api.find<GatewayService>(path);
  if (found === undefined) return undefined;
  const { spec, status } = found;
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const host = ingress?.ip ?? ingress?.hostname ?? spec.externalIPs?.[0] ?? spec.clusterIP;
  const port = spec.ports?.find((each) => each.name === "http2" || each.port === 80)?.port ?? 80;
  return host && host !== "None" ? `${host}:${port}` : undefined;
}

import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Why a request is not served. */
export interface Refusal {
  /** The HTTP status: 403, or 421 for a host that is not served here. */
  readonly status: 403 | 421;
  /** The reason and what to do, for the client. */
  readonly message: string;
}

type RequestHead = Pick<IncomingMessage, "method" | "url" | "headers">;

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/**
 * Protects the platform's own port from web pages in a browser on this machine; undefined if the request is
 * served. It accepts only
 *
 * - requests to a loopback name or address, or to `ownHost`: the DNS name of another page's host may be
 *   changed to a loopback address (DNS rebinding), which makes that page the same origin for the browser,
 * - methods other than GET, HEAD and OPTIONS only from pages of this port, and from clients that are not
 *   browsers, such as functions: these send neither `Origin` nor `Sec-Fetch-Site`.
 *
 * @param ownHost the address or name that HOST sets
 */
export function refuseRequest(request: RequestHead, ownHost: string): Refusal | undefined {
  const { method = "", url = "", headers } = request;
  const { host = "", origin } = headers;
  // A client may send a whole URL as its target, which then counts instead of Host (RFC 9112, 3.2.2).
  const hosts = url.startsWith("/") || url === "*" ? [host] : [host, URL.parse(url)?.host ?? ""];
  const foreign = hosts.find((each) => !isOwnHost(each, ownHost));
  if (foreign !== undefined) {
    const message = `host ${JSON.stringify(foreign)} is not served here: use localhost or 127.0.0.1`;
    return { status: 421, message };
  }
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return undefined;
  const site = headers["sec-fetch-site"];
  const isOwnPage = origin === undefined || origin === `http://${host}`;
  const isOwnSite = site === undefined || site === "same-origin" || site === "none";
  if (isOwnPage && isOwnSite) return undefined;
  const sender = isOwnPage ? `sec-fetch-site ${site}` : `origin ${JSON.stringify(origin)}`;
  const message = `${method} from ${sender} is refused: only pages of this host may send it`;
  return { status: 403, message };
}

function isOwnHost(host: string, ownHost: string): boolean {
  const hostname = URL.parse(`http://${host}`)?.hostname.replace(/^\[(.*)\]$/, "$1") ?? "";
  if (hostname === "" || /[@/?#\\]/.test(host)) return false;
  // Resolvers answer names below localhost with a loopback address (RFC 6761, 6.3).
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  if (hostname === ownHost.toLowerCase()) return true;
  const family = isIP(hostname);
  return family !== 0 && loopback.check(hostname, family === 4 ? "ipv4" : "ipv6");
}

import net from "node:net";

/**
 * Makes `net.isIPv6` return false at once for text without a colon, which every IPv6 address contains. grpc-js asks it
 * for the address of each connection, and Node.js compiles a long regular expression for its first result, which takes
 * 3 to 4 ms of a boot.
 */
export function recognizeIPv6Sooner(): void {
  const { isIPv6 } = net;
  net.isIPv6 = (text) => String(text).includes(":") && isIPv6(text);
}

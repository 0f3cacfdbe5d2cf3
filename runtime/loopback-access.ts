import type { AccessRule } from "./rpc.ts";
import { StatusError } from "./status.ts";

// Not the rest of 127.0.0.0/8: a mesh's sidecar connects from other addresses of it (Istio: 127.0.0.6) on
// behalf of callers in the network. The last one is an IPv4 caller of a server that listens on "::".
const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/**
 * Accepts callers of the same machine or pod, such as `kubectl port-forward`, and refuses requests that a
 * proxy forwarded. Knative's queue-proxy also connects from the loopback address, but sends
 * `x-forwarded-for` with each request, which the caller cannot prevent (Go's httputil.ReverseProxy sets it
 * after the headers that `connection` names are removed), and usually `forwarded`.
 */
export const loopbackOnly: AccessRule = ({ method, address, headerNames }) => {
  const forwarded = headerNames.find((name) => /^(?:forwarded|via|x-forwarded-.*)$/i.test(name));
  if (loopback.has(address) && forwarded === undefined) return;
  const reason =
    forwarded === undefined
      ? `this call is from ${address}`
      : `this call has the header ${forwarded}`;
  throw new StatusError(
    "PERMISSION_DENIED",
    `${method} accepts only callers on the loopback address, without a proxy: ${reason}; on Kubernetes use kubectl port-forward to a pod of the function`,
  );
};

import { BackendError, cannotRead } from "#backends/backend-error.ts";
import type { Kubectl } from "#backends/kubectl.ts";
import { listenByKubectl } from "#backends/kubectl-listener.ts";
import { readFunctions } from "#backends/local-platform.ts";
import { OrderAdminServiceDefinition } from "#protos/order_admin.ts";
import { createClient } from "#runtime/client.ts";
import type { Client } from "#runtime/rpc.ts";
import { StatusError } from "#runtime/status.ts";
import { chooseShop } from "../source/choose-shop.ts";
import { describeCluster, printSource, type SourceOptions } from "../source/source-options.ts";
import { checkoutservice, withCheckoutPod } from "./checkout-pod.ts";

/** The client of checkoutservice's service for operators. */
export type OrderAdmin = Client<typeof OrderAdminServiceDefinition>;

/** Which shop, and how long to wait for it. */
export interface AdminTarget extends SourceOptions {
  /** Milliseconds to wait for a pod, and for the response. */
  readonly timeoutMs: number;
}

type UseAdmin<T> = (admin: OrderAdmin) => Promise<T>;

/**
 * Calls `use` with a client of the shop that the options name. Rejects with BackendError if checkoutservice
 * cannot be reached or refuses a call.
 */
export function withOrderAdmin<T>(target: AdminTarget, use: UseAdmin<T>): Promise<T> {
  return chooseShop(target, {
    local: async (url) => {
      printSource(`the local platform at ${url}`);
      const functions = await readFunctions(url, AbortSignal.timeout(target.timeoutMs));
      const address = functions.get(checkoutservice);
      if (address === undefined) {
        throw new BackendError(`the local platform at ${url} has no ${checkoutservice}`);
      }
      return callAdmin(address, target, use);
    },
    cluster: async (kubectl, namespace) => {
      printSource(`${checkoutservice} in ${await describeCluster(kubectl, namespace)}`);
      const options = { namespace, timeoutMs: target.timeoutMs };
      return withCheckoutPod(kubectl, options, (pod) =>
        withPortForward(kubectl, { namespace, pod }, (address) => callAdmin(address, target, use)),
      );
    },
  });
}

// The function's own port: queue-proxy's would add a forwarding header, which the service refuses.
const functionPort = 8080;

async function withPortForward<T>(
  kubectl: Kubectl,
  { namespace, pod }: { namespace: string; pod: string },
  use: (address: string) => Promise<T>,
): Promise<T> {
  const args = ["port-forward", `pod/${pod}`, "-n", namespace, `:${functionPort}`];
  const forward = await listenByKubectl(kubectl, args).catch((error: unknown) => {
    throw cannotRead(`pod ${pod}`, error);
  });
  try {
    return await use(forward.address);
  } finally {
    forward.close();
  }
}

async function callAdmin<T>(
  address: string,
  { timeoutMs }: AdminTarget,
  use: UseAdmin<T>,
): Promise<T> {
  const admin = createClient(OrderAdminServiceDefinition, address, { timeoutMs });
  try {
    return await use(admin);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new BackendError(`${checkoutservice} responded with ${error.code}: ${error.message}`, {
      cause: error,
    });
  } finally {
    admin.close();
  }
}

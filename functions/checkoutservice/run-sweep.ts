import { CheckoutServiceDefinition } from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { log } from "#runtime/log.ts";
import { readSweepConfig } from "./config.ts";

// Less than the timeoutSeconds of a revision, after which Knative ends the request.
const timeoutMs = 55_000;

/**
 * Lets checkoutservice, which may be at zero, finish the orders that stopped in the middle, and logs how
 * many. Rejects with a StatusError if it cannot be reached.
 *
 * @throws ConfigError if CHECKOUT_SERVICE_ADDR is missing or invalid
 */
export async function runSweep(env: NodeJS.ProcessEnv): Promise<void> {
  const { address } = readSweepConfig(env);
  const client = createClient(CheckoutServiceDefinition, address, { timeoutMs });
  const { settled, open } = await client.sweep({});
  log.info("swept orders", { settled, open });
}

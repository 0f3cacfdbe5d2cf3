import { KubectlError, KubectlMissingError } from "#backends/kubectl.ts";
import { ConfigError } from "#runtime/environment.ts";

/**
 * Runs the work. Without a kubectl it throws a ConfigError (exit code 2); what kubectl refused is
 * printed as the line that it is, without our stack, and leaves exit code 1.
 */
export async function describeKubectlFailure(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof KubectlMissingError) throw new ConfigError([error.message]);
    if (!(error instanceof KubectlError)) throw error;
    process.stderr.write(`shop: ${error.message}\n`);
    process.exitCode = 1;
  }
}

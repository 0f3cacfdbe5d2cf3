import type { Instance } from "./instance.ts";

/** The faults of one function: of the processes that run, and of those that start later. */
export class FunctionFaults {
  readonly #env: NodeJS.ProcessEnv;
  readonly #instances: () => Iterable<Instance>;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param env the environment of the processes that start later, which is changed
   * @param instances the processes that run now
   */
  constructor(env: NodeJS.ProcessEnv, instances: () => Iterable<Instance>) {
    this.#env = env;
    this.#instances = instances;
  }

  /** The rules in the form of SHOP_FAULTS; empty for none. */
  get rules(): string {
    return this.#env.SHOP_FAULTS ?? "";
  }

  /**
   * Replaces the rules, which must be valid. Resolves once each process has confirmed them, after those of
   * earlier calls, or has exited; rejects if one does not confirm them.
   */
  set(rules: string): Promise<void> {
    if (rules === "") delete this.#env.SHOP_FAULTS;
    else this.#env.SHOP_FAULTS = rules;
    const sent = this.#last.then(async () => {
      await Promise.all([...this.#instances()].map((each) => each.setFaults(rules)));
    });
    this.#last = sent.catch(() => undefined);
    return sent;
  }
}

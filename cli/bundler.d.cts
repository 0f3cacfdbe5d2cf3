/** A process that runs `shop build`. */
export interface Bundler {
  /** The message `runnable` of the process, or its exit code if it has ended before; null after a signal. */
  readonly result: Promise<unknown>;
  /** Ends the process. What it has not recorded is bundled again the next time. */
  readonly stop: () => void;
}

/**
 * Starts the bundler once: further calls return the same process. It is a child process, because the bundler's
 * memory would stay allocated for hours.
 *
 * @param program the absolute path of `start.cjs`
 */
export function startBundler(program: string): Bundler;

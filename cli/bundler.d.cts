/** The messages of `shop build` to the process that started it. */
export declare const messages: {
  /** The functions of the home page and the console's page are built. */
  readonly homePage: string;
  /** All functions are built. Licences, records and the bundle of `npm start` follow. */
  readonly all: string;
};

/** A process that runs `shop build`. */
export interface Bundler {
  /** The message `homePage`, or the exit code if the process has ended before; null after a signal. */
  readonly homePage: Promise<unknown>;
  /** The message `all`, or the exit code if the process has ended before; null after a signal. */
  readonly all: Promise<unknown>;
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

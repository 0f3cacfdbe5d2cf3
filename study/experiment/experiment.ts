/** One call. */
export type Entry =
  | {
      readonly kind: "rpc";
      /** A service and a method, such as `CurrencyService/Convert`. */
      readonly method: string;
      /** The request message, in proto3 JSON. */
      readonly request: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "page"; readonly page: PageEntry }
  | {
      /** A product page, adding it to the cart, the cart page, and the order. */
      readonly kind: "checkout";
      /** How long the visitor reads each page, in milliseconds; not part of any latency. */
      readonly pauseMs: number;
    }
  /** One task of a visitor, drawn by the weights of the load generator. */
  | { readonly kind: "visit" };

/** A page of the storefront. */
export type PageEntry = "home" | "product" | "cart";

/** When the calls of a sample arrive. */
export type Arrival =
  /** Closed loop: users who wait for the response, think, and call again. */
  | {
      readonly kind: "closed";
      /** Users at the same time. */
      readonly users: number;
      /** Calls of each user. */
      readonly calls: number;
      /** Milliseconds between a response and the user's next call. */
      readonly thinkMs: number;
    }
  /** Open loop at a rate. */
  | {
      /** Evenly spaced, or a Poisson process. */
      readonly kind: "constant" | "poisson";
      /** Mean milliseconds between two arrivals. */
      readonly everyMs: number;
      /** How long calls arrive, in milliseconds. */
      readonly durationMs: number;
    }
  /** Several at the same time, repeated. */
  | {
      readonly kind: "bursts";
      /** Calls of a burst. */
      readonly size: number;
      /** Number of bursts. */
      readonly count: number;
      /** Milliseconds between the starts of two bursts. */
      readonly everyMs: number;
    }
  /** At the times in a CSV file. */
  | {
      readonly kind: "trace";
      /** The file's path, relative to the experiment's file. */
      readonly file: string;
      /** Milliseconds from the sample's start, ascending. */
      readonly atMs: readonly number[];
    };

/** How the functions are deployed. */
export type Deployment =
  /** Ten functions. */
  | "ten"
  /** The whole shop as one function. */
  | "monolith"
  /** The smallest server that the platform can run; it serves one page. */
  | "floor"
  /** The called function built the usual way: the same wire contract, from another image. */
  | "baseline";

/** Whether functions warm up their dependencies: see PREWARM. */
export type PrewarmMode = "off" | "graph" | "predict";

/** How instances are scaled. An undefined setting stays as in Knative or in the manifest. */
export interface Policy {
  /** Stable window, in milliseconds. */
  readonly windowMs: number;
  /** scale-to-zero-pod-retention-period, in milliseconds. */
  readonly retentionMs: number;
  /** scale-down-delay, in milliseconds. */
  readonly scaleDownDelayMs: number;
  /** min-scale. */
  readonly minScale: number;
  /** max-scale. */
  readonly maxScale?: number;
  /** initial-scale. */
  readonly initialScale?: number;
  /** activation-scale. */
  readonly activationScale?: number;
  /** containerConcurrency. */
  readonly concurrency?: number;
  /** Target of concurrent requests per instance. */
  readonly target?: number;
  /** target-burst-capacity. */
  readonly burstCapacity?: number;
  /** Value of PREWARM. */
  readonly prewarm: PrewarmMode;
  /** Value of RESPONSE_CACHE. Missing in results of versions that kept no responses. */
  readonly responseCache?: "on" | "off";
}

/** One of the alternatives that an experiment compares, with all defaults filled in. */
export interface Condition {
  /** Unique within the experiment. */
  readonly name: string;
  /** The request or the pages of each call. */
  readonly entry: Entry;
  /** When the calls of a sample arrive. */
  readonly arrival: Arrival;
  /** How the functions are deployed. */
  readonly deployment: Deployment;
  /** How instances are scaled. */
  readonly policy: Policy;
  /**
   * `zero`: no instance runs, which is verified. `warm`: after the same call was answered twice.
   */
  readonly from: "zero" | "warm";
  /** Milliseconds from a sample's start in which instances are counted; null: until none is left. */
  readonly observeMs: number | null;
  /** Timeout of one call, in milliseconds. */
  readonly timeoutMs: number;
}

/** A question about a platform, with all defaults filled in. */
export interface Experiment {
  /** Lower-case letters, digits and dashes: also the name of its folder of results. */
  readonly name: string;
  /** Heading of its section in the report. */
  readonly title: string;
  /** The question that the experiment answers, as a sentence. */
  readonly question: string;
  /** Seed of order, arrivals and visitors. */
  readonly seed: number;
  /** Samples of each condition. */
  readonly repetitions: number;
  /** The condition that the others are compared with; null if there is none. */
  readonly reference: string | null;
  /** At least one. */
  readonly conditions: readonly Condition[];
}

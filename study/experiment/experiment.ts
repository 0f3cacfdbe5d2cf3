/** What one call is. */
export type Entry =
  | {
      readonly kind: "rpc";
      /** Such as `CurrencyService/Convert`. */
      readonly method: string;
      /** The request message, in proto3 JSON. */
      readonly request: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "page"; readonly page: PageEntry }
  | {
      /** Looks at a product, adds it to the cart, sees the cart and orders. */
      readonly kind: "checkout";
      /** How long the visitor reads each page; counts as nobody's latency. */
      readonly pauseMs: number;
    }
  /** One task of a visitor, drawn by the weights of the load generator. */
  | { readonly kind: "visit" };

/** A page of the storefront. */
export type PageEntry = "home" | "product" | "cart";

/** When the calls of a sample come. */
export type Arrival =
  /** Users who wait for their answer, think, and call again. */
  | {
      readonly kind: "closed";
      readonly users: number;
      /** Calls of each user. */
      readonly calls: number;
      readonly thinkMs: number;
    }
  /** At a rate, whatever the answers do: evenly, or independent of each other. */
  | {
      readonly kind: "constant" | "poisson";
      /** Mean milliseconds between two arrivals. */
      readonly everyMs: number;
      readonly durationMs: number;
    }
  /** Many at once, again and again. */
  | {
      readonly kind: "bursts";
      readonly size: number;
      readonly count: number;
      readonly everyMs: number;
    }
  /** At the times of a CSV file. */
  | {
      readonly kind: "trace";
      /** The file, beside the experiment's. */
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
  /** The smallest server that the platform can run; it answers nothing but a page. */
  | "floor"
  /** The called function built the usual way: the same wire contract, from another image. */
  | "baseline";

/** Wake-up of dependencies ahead of time: see PREWARM. */
export type PrewarmMode = "off" | "graph" | "predict";

/** How instances come and go. Undefined leaves a setting as Knative or the manifest has it. */
export interface Policy {
  /** Stable window. */
  readonly windowMs: number;
  /** scale-to-zero-pod-retention-period. */
  readonly retentionMs: number;
  readonly scaleDownDelayMs: number;
  readonly minScale: number;
  readonly maxScale?: number;
  readonly initialScale?: number;
  readonly activationScale?: number;
  /** containerConcurrency. */
  readonly concurrency?: number;
  /** Requests at once that one instance is meant for. */
  readonly target?: number;
  /** target-burst-capacity. */
  readonly burstCapacity?: number;
  readonly prewarm: PrewarmMode;
}

/** One of the things that an experiment compares, with all defaults filled in. */
export interface Condition {
  readonly name: string;
  readonly entry: Entry;
  readonly arrival: Arrival;
  readonly deployment: Deployment;
  readonly policy: Policy;
  /** `zero`: verified that nothing runs. `warm`: after the same call has been answered twice. */
  readonly from: "zero" | "warm";
  /** How long instances are counted from a sample's start; null: until there are none. */
  readonly observeMs: number | null;
  /** How long one call may take. */
  readonly timeoutMs: number;
}

/** A question to a platform, with all defaults filled in. */
export interface Experiment {
  /** Lower-case letters, digits and dashes: the name of its folder of results. */
  readonly name: string;
  readonly title: string;
  /** What it finds out, in a sentence. */
  readonly question: string;
  readonly seed: number;
  /** Samples of each condition. */
  readonly repetitions: number;
  /** The condition that the others are compared with; null for none. */
  readonly reference: string | null;
  readonly conditions: readonly Condition[];
}

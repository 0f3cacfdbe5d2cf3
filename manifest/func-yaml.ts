/** A variable of a function's containers. */
export interface Variable {
  /** Its name, such as `CART_TTL`. */
  readonly name: string;
  /** Its value, or func's reference to one, such as `{{ secret:mail:password }}`. */
  readonly value: string;
}

/** A folder that a function may write to; it is empty at first and exists as long as the instance. */
export interface Volume {
  /** Options of the Kubernetes volume; usually `{}`. */
  readonly emptyDir: object;
  /** The absolute path in the container. */
  readonly path: string;
}

/** Events that are delivered to a function. */
export interface Subscription {
  /** The broker; the local platform has one, `default`. */
  readonly source: string;
  /** CloudEvents attributes with the values that an event must have, all of them. */
  readonly filters: Readonly<Record<string, string>>;
}

/** How Knative scales a function. */
export interface ScaleOptions {
  /** Instances that are kept without any request. */
  readonly min: number;
  /** The largest number of instances; 0 is no limit. */
  readonly max: number;
  /** What `target` counts: `concurrency` (requests at a time) or `rps` (requests per second). */
  readonly metric: string;
  /** The load of one instance that the autoscaler aims at, in units of `metric`. */
  readonly target: number;
}

/** Kubernetes quantities of CPU (`50m`) and memory (`64Mi`). */
export interface Resources {
  /** CPU in cores or, with the suffix `m`, in thousandths. */
  readonly cpu: string;
  /** Memory in bytes, usually with the suffix `Mi` or `Gi`. */
  readonly memory: string;
}

/**
 * A checked func.yaml: the fields that the shop uses, with func's names (knative/func, function.go).
 * Sections that func lets out are empty.
 */
export interface FuncYaml {
  /** The name of the function, its folder, its Knative Service and its image. */
  readonly name: string;
  /** The function's language for func, such as `typescript`. */
  readonly runtime: string;
  /** What the function's containers get. */
  readonly run: {
    /** Variables, the addresses of dependencies among them. */
    readonly envs: readonly Variable[];
    /** Folders that the function may write to. */
    readonly volumes: readonly Volume[];
  };
  /** How the function is deployed. */
  readonly deploy: {
    /** Labels of the Knative Service. */
    readonly labels: readonly { readonly key: string; readonly value: string }[];
    /** Annotations of the Knative Service by name. */
    readonly annotations: Readonly<Record<string, string>>;
    /** Limits and scaling. */
    readonly options: {
      /** How Knative scales the function. */
      readonly scale: ScaleOptions;
      /** What an instance gets. */
      readonly resources: {
        /** What the scheduler reserves. */
        readonly requests: Resources;
        /** The most that an instance may use; `concurrency` requests at a time, 0 is no limit. */
        readonly limits: Resources & { readonly concurrency: number };
      };
    };
    /** The events that are delivered to the function. */
    readonly subscriptions: readonly Subscription[];
  };
}

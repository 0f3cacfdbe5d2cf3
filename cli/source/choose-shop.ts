import { BackendError } from "#backends/backend-error.ts";
import {
  createKubectl,
  type Kubectl,
  KubectlError,
  KubectlMissingError,
} from "#backends/kubectl.ts";
import { respondsAt } from "#backends/local-platform.ts";
import {
  defaultLocal,
  defaultNamespace,
  namesCluster,
  type SourceOptions,
} from "./source-options.ts";

/** What a verb does with either kind of shop. */
export interface ShopActions<T> {
  /** Uses the local platform whose console has the URL. */
  readonly local: (url: string) => Promise<T>;
  /** Uses the shop that is deployed to a namespace. */
  readonly cluster: (kubectl: Kubectl, namespace: string) => Promise<T>;
}

/**
 * Uses the shop that the options name. If they name none: the local platform if one runs, otherwise the
 * deployed shop.
 *
 * @throws BackendError if no local platform runs and the cluster cannot be read
 */
export async function chooseShop<T>(
  options: SourceOptions,
  { local, cluster }: ShopActions<T>,
): Promise<T> {
  const { local: url = defaultLocal, namespace = defaultNamespace, context } = options;
  const isNamed = namesCluster(options);
  if (options.local !== undefined || (!isNamed && (await respondsAt(url)))) return local(url);
  try {
    return await cluster(createKubectl({ context }), namespace);
  } catch (error) {
    const isUnreachable = error instanceof KubectlError || error instanceof KubectlMissingError;
    if (isNamed || !isUnreachable) throw error;
    const message = `no local platform is running, and ${error.message}`;
    throw new BackendError(message, { cause: error });
  }
}

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";
import { createKubectl } from "#knative/deploy/kubectl.ts";
import { itemsOf, type KubeObject } from "#knative/deploy/objects.ts";
import { poll } from "../poll.ts";

// What `npm run test:knative` sets: host:port of both gateways, the shop's namespace, the storefront's
// host name, and where Jaeger and Prometheus answer.
const {
  KNATIVE_GATEWAY: gateway = "",
  KNATIVE_INTERNAL_GATEWAY: internalGateway = "",
  KNATIVE_NAMESPACE: namespace = "shop",
  KNATIVE_STOREFRONT: storefront = "",
  JAEGER_URL: jaegerUrl = "",
  PROMETHEUS_URL: prometheusUrl = "",
} = process.env;

/** The deployed shop that the tests use. */
export const cluster = {
  gateway,
  internalGateway,
  namespace,
  storefront,
  jaegerUrl,
  prometheusUrl,
} as const;

/** For a test's `skip`: why it cannot run, where no shop was deployed for it. */
export const skip: string | false =
  gateway && storefront ? false : "it needs a deployed shop: npm run test:knative";

/** The cluster of KUBECONFIG. */
export const kubectl = createKubectl();

// Two instances of a window of 15 s, the grace period, and a busy machine.
const zeroBoundMs = 240_000;

/** The pods of functions, in any phase; of those that are named, or of all. */
export async function listFunctionPods(
  names: readonly string[] = [],
  inNamespace: string = namespace,
): Promise<KubeObject[]> {
  const label = "serving.knative.dev/service";
  const selector = names.length === 0 ? label : `${label} in (${names.join(",")})`;
  return itemsOf(await kubectl.readJson(["get", "pods", "-n", inNamespace, "-l", selector]));
}

/** Waits until no function has a pod in any phase. */
export async function waitForZero(
  names: readonly string[] = [],
  inNamespace: string = namespace,
): Promise<void> {
  let left: string[] = [];
  await poll(
    async () => {
      const pods = await listFunctionPods(names, inNamespace);
      left = pods.map(({ metadata }) => metadata.name);
      return left.length === 0 ? true : undefined;
    },
    () => `still there: ${left.join(", ")}`,
    zeroBoundMs,
  );
}

/** What the storefront answered. */
export interface Page {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Somebody with cookies who reaches a storefront through the public gateway. */
export class GatewayVisitor {
  readonly sessionId = randomUUID();
  readonly #host: string;
  readonly #currency: string;

  constructor(host: string = storefront, currency = "EUR") {
    this.#host = host;
    this.#currency = currency;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.#send("GET", path, undefined, headers);
  }

  post(
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Page> {
    return this.#send("POST", path, form, headers);
  }

  async #send(
    method: string,
    path: string,
    form: Record<string, string> | undefined,
    headers: Record<string, string>,
  ): Promise<Page> {
    const sent = request(`http://${gateway}${path}`, {
      method,
      timeout: 60_000,
      headers: {
        host: this.#host,
        cookie: `shop_session-id=${this.sessionId}; shop_currency=${this.#currency}`,
        ...(form && { "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
    });
    sent.once("timeout", () => sent.destroy(new Error(`no answer to ${path} within 60 s`)));
    sent.end(form && new URLSearchParams(form).toString());
    const [response]: [IncomingMessage] = (await once(sent, "response")) as [IncomingMessage];
    const { statusCode: status = 0, headers: answered } = response;
    return { status, headers: answered, body: await text(response) };
  }
}

/** The result of an instant query, from the shop's Prometheus. */
export async function queryPrometheus(
  query: string,
): Promise<{ metric: Record<string, string>; value: number }[]> {
  const url = `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query })}`;
  const { data, error } = (await (await fetch(url)).json()) as {
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
    error?: string;
  };
  if (!data) throw new Error(`Prometheus on ${query}: ${error}`);
  return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}

import {
  defaultMaxRequests,
  maxRequestsVariable,
  parseMaxRequests,
} from "#runtime/max-requests.ts";
import { Field } from "./field.ts";

const notEmpty = /./;
const quantity = { cpu: /^\d+(\.\d+)?m?$/, memory: /^\d+([KMG]i?)?$/ };

/**
 * A checked func.yaml: the fields that the shop uses, with func's names (knative/func, function.go).
 * Optional sections that are missing are empty.
 */
export type FuncYaml = ReturnType<typeof checkFuncYaml>;

/**
 * Checks a parsed func.yaml against the shop's rules and returns the fields that the shop uses.
 *
 * @param report gets one sentence for each field that is wrong, with its value and the rule
 */
export function checkFuncYaml(document: unknown, report: (problem: string) => void) {
  const root = new Field(document, "", report);
  const [run, deploy] = [root.get("run"), root.get("deploy")];
  const resources = deploy.get("options").get("resources");
  // func refuses to deploy a function without it.
  root.get("created").text("a time such as 2026-11-24T00:00:00Z", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  checkHealthEndpoints(deploy.get("healthEndpoints"));
  const func = {
    /** The name of the function, its folder, its Knative Service and its image. */
    name: root
      .get("name")
      .text("a DNS label: lower-case letters, digits and -", /^[a-z][a-z\d-]*$/),
    runtime: root.get("runtime").text("a language of func, such as typescript", notEmpty),
    run: {
      envs: run.get("envs").list((variable) => ({
        name: variable.get("name").text("the name of a variable", /^[A-Za-z_]\w*$/),
        /** The value, or func's reference to one, such as `{{ secret:mail:password }}`. */
        value: variable.get("value").text(),
      })),
      /** Folders that the function may write to; they are deleted when the instance stops. */
      volumes: run.get("volumes").list((volume) => ({
        emptyDir: {
          /** Kubernetes evicts an instance whose files are larger, such as `128Mi`. */
          sizeLimit: volume
            .get("emptyDir")
            .get("sizeLimit")
            .text("a quantity such as 128Mi", quantity.memory),
        },
        path: volume.get("path").text("an absolute path", /^\//),
      })),
    },
    deploy: {
      labels: deploy.get("labels").list((label) => ({
        key: label.get("key").text("the name of a label", notEmpty),
        value: label.get("value").text(),
      })),
      annotations: deploy.get("annotations").texts(),
      options: {
        scale: readScale(deploy.get("options").get("scale")),
        resources: {
          /** The resources that the scheduler reserves. */
          requests: readResources(resources.get("requests")),
          limits: {
            ...readResources(resources.get("limits")),
            /** The maximum number of concurrent requests; 0 means no limit. */
            concurrency: resources.get("limits").get("concurrency").integer(0),
          },
        },
      },
      subscriptions: deploy.get("subscriptions").list((subscription) => ({
        source: subscription.get("source").text("the name of a broker", notEmpty),
        /** CloudEvents attributes with their values; an event must match all of them. */
        filters: subscription.get("filters").texts(),
      })),
    },
  };
  checkMaxRequests(func, report);
  return func;
}

interface Scaled {
  readonly run: { readonly envs: readonly { readonly name: string; readonly value: string }[] };
  readonly deploy: { readonly options: { readonly scale: ReturnType<typeof readScale> } };
}

// Otherwise an instance would reject requests at a load that the autoscaler considers normal.
function checkMaxRequests({ run, deploy }: Scaled, report: (problem: string) => void): void {
  const { metric, target } = deploy.options.scale;
  const text = run.envs.find(({ name }) => name === maxRequestsVariable)?.value;
  const max = text === undefined ? defaultMaxRequests : parseMaxRequests(text);
  if (max !== undefined && (metric !== "concurrency" || max > target)) return;
  report(
    `${maxRequestsVariable} is ${JSON.stringify(text ?? String(max))}: expected a whole number above ` +
      `deploy.options.scale.target, ${target}`,
  );
}

function readScale(scale: Field) {
  const max = scale.get("max").integer(0);
  return {
    min: scale.get("min").integer(0, max === 0 ? undefined : max),
    /** The maximum number of instances; 0 means no limit. */
    max,
    metric: scale.get("metric").text("concurrency or rps", /^(concurrency|rps)$/),
    /** The load of one instance that the autoscaler aims at, in units of `metric`. */
    target: scale.get("target").integer(1),
  };
}

function readResources(resources: Field) {
  return {
    cpu: resources.get("cpu").text("a quantity of CPU such as 50m", quantity.cpu),
    memory: resources.get("memory").text("a quantity of memory such as 64Mi", quantity.memory),
  };
}

// The paths that every function serves; they are func's defaults too.
function checkHealthEndpoints(endpoints: Field): void {
  if (endpoints.isMissing) return;
  for (const kind of ["liveness", "readiness"]) {
    endpoints.get(kind).text(`/health/${kind}`, new RegExp(`^/health/${kind}$`));
  }
}

import type { BackingService } from "#manifest/annotations.ts";
import type { Manifest } from "#manifest/manifest.ts";
import { readRuntimeConfig } from "#runtime/runtime-config.ts";

/** The parts of a manifest that name a function's variables. */
export type VariableSource = Pick<Manifest, "env" | "variables" | "backingServices">;

/**
 * Whether a function gets a variable of the platform's environment: it is one that the function's
 * func.yaml names, one of its backing services, one that the runtime of all functions reads, or one of
 * Node.js, OpenTelemetry, gRPC and the operating system. Passwords reach only the functions that use them.
 */
export function isPassedTo(
  { env, variables, backingServices }: VariableSource,
  variable: string,
): boolean {
  return (
    Object.hasOwn(env, variable) ||
    variables.includes(variable) ||
    backingServices.some((service) => backingVariables(service).includes(variable)) ||
    runtimeVariables.has(variable) ||
    systemVariables.test(variable)
  );
}

/** The variables by which a function connects to a backing service. */
export function backingVariables(service: BackingService): readonly string[] {
  return variablesOf[service];
}

const variablesOf: Readonly<Record<BackingService, readonly string[]>> = {
  redis: ["REDIS_ADDR", "REDIS_USERNAME", "REDIS_PASSWORD"],
  // The platform is the broker: it sets K_SINK itself.
  broker: [],
  smtp: ["SMTP_URL"],
};

const runtimeVariables = variablesReadBy((env) => readRuntimeConfig(env, ""));

/** The names of the variables that a reader of the environment asks for if none is set. */
export function variablesReadBy(read: (env: NodeJS.ProcessEnv) => void): ReadonlySet<string> {
  const names = new Set<string>();
  const get = (_: object, name: string | symbol) => void names.add(String(name));
  read(new Proxy<NodeJS.ProcessEnv>({}, { get }));
  return names;
}

// NODE_AUTH_TOKEN, npm's password, and NODE_TEST_CONTEXT, which changes the output, are not among them.
// Kubernetes sets KUBERNETES_SERVICE_HOST, by which a function knows that its files may be lost.
const systemVariables =
  /^(?:NODE_(?:ENV|OPTIONS|DEBUG|EXTRA_CA_CERTS|USE_SYSTEM_CA|V8_COVERAGE|DISABLE_COMPILE_CACHE)|UV_THREADPOOL_SIZE|OTEL_.+|GRPC_.+|LC_.+|LANG|TZ|PATH|HOME|TMPDIR|(?:LD|DYLD)_LIBRARY_PATH|SSL_CERT_(?:FILE|DIR)|KUBERNETES_SERVICE_HOST)$/;

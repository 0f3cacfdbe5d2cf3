/** A function in a CPU profile. */
export interface CallFrame {
  /** Its name; in brackets for what is no function, such as `(garbage collector)`. */
  readonly functionName: string;
  /** The URL of its file; empty for native functions. */
  readonly url: string;
  /** Where it starts, from 0. */
  readonly lineNumber?: number;
  /** Where it starts in its line, from 0. */
  readonly columnNumber?: number;
}

/** The kinds of code, which have a colour each. */
export const codeKinds = [
  "shop",
  "gRPC",
  "HTTP and pages",
  "telemetry",
  "Node.js",
  "socket writes",
  "GC",
] as const;

/** The kind of some code. */
export type CodeKind = (typeof codeKinds)[number];

/** Code that belongs together: a package, a folder of the shop, or a part of Node.js. */
export interface Group {
  /** Its name in the picture. */
  readonly name: string;
  /** Its kind. */
  readonly kind: CodeKind;
}

const kindOfPackage: Readonly<Record<string, CodeKind>> = {
  "@grpc/grpc-js": "gRPC",
  "@bufbuild/protobuf": "gRPC",
  hono: "HTTP and pages",
  "@hono/node-server": "HTTP and pages",
  "prom-client": "telemetry",
};

const nodeModules: readonly (readonly [RegExp, string])[] = [
  [/http2/, "node:http2"],
  [/http/, "node:http"],
  [/stream_base|node:net|tcp/, "node:net"],
  [/stream/, "node:stream"],
  [/fs/, "node:fs"],
  [/undici/, "undici"],
  [/buffer|encoding/, "node:buffer"],
  [/crypto/, "node:crypto"],
  [/child_process|ipc|dgram/, "node:child_process"],
  [/bootstrap|modules|internal\/(?:main|process\/(?:pre_execution|execution))/, "node: modules"],
];

// They only call others: what they call is more interesting.
const dispatchers =
  /^node:(?:events|timers|async_hooks)|task_queues|internal\/(?:timers|async|event)/;

/**
 * The group of a frame; undefined for code that belongs to its caller: native functions, and what only calls others.
 *
 * @param root the folder of the profiled checkout, whose files belong to the shop
 */
export function groupOf({ functionName, url }: CallFrame, root: string): Group | undefined {
  if (functionName === "(garbage collector)") return { name: "GC", kind: "GC" };
  if (functionName === "(program)") return { name: "native code", kind: "Node.js" };
  if (/^write(?:v|Buffer|\w*String)$/.test(functionName) && url === "") {
    return { name: "socket write", kind: "socket writes" };
  }
  if (url.startsWith("node:")) {
    if (dispatchers.test(url)) return undefined;
    const [, name = "node"] = nodeModules.find(([pattern]) => pattern.test(url)) ?? [];
    return { name, kind: "Node.js" };
  }
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) {
    if (name.startsWith("@opentelemetry/")) return { name: "OpenTelemetry", kind: "telemetry" };
    return { name: name.replace("@grpc/", ""), kind: kindOfPackage[name] ?? "shop" };
  }
  const [, folder] = url.includes(root) ? url.split(`${root}/`) : [];
  if (folder === undefined) return undefined;
  if (/^runtime\/(?:tracing|telemetry|metrics|span|rpc-telemetry|propagator)/.test(folder)) {
    return { name: "runtime: telemetry", kind: "telemetry" };
  }
  if (folder.startsWith("local/zipkin/")) return { name: "trace store", kind: "telemetry" };
  if (folder.endsWith("/dist/start.cjs")) return { name: "code cache", kind: "Node.js" };
  if (folder.startsWith("protos/")) return { name: "messages", kind: "gRPC" };
  return { name: folder.split("/", 1)[0] ?? "shop", kind: "shop" };
}

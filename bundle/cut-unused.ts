import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Plugin } from "esbuild";

// NodeSDK names every exporter and signal there is in its imports. The shop's spans go to Zipkin,
// its metrics to prom-client and its logs to stdout, so the rest would only be read at each cold
// start. What is cut throws, by name, if anything ever makes use of it.
const unused = [
  /^@opentelemetry\/exporter-(logs|metrics|trace)-otlp-(grpc|http|proto)$/,
  /^@opentelemetry\/exporter-prometheus$/,
  /^@opentelemetry\/otlp-(grpc-)?exporter-base$/,
  /^@opentelemetry\/(sdk-logs|sdk-metrics|configuration|api-logs)$/,
  // Patches modules as they are required, which a bundle has none of.
  /^@opentelemetry\/instrumentation$/,
  // Only for channelz and for reading .proto files at run time.
  /^@grpc\/proto-loader$/,
];

// Spans by OTLP are sent by a process that was told to (OTEL_TRACES_EXPORTER), with this and no more.
const usedBy =
  /\/runtime\/otlp-exporter\.ts$|@opentelemetry\/(exporter-trace-otlp-http|otlp-exporter-base)\//;

// Parts of a package that its own index reads, but no function reaches: load balancers and resolvers
// that no channel of the shop is configured for, metrics of clusters and of pushing, what finds out
// about the machine.
const unusedParts: readonly { of: RegExp; parts: RegExp }[] = [
  {
    of: /@grpc\/grpc-js\/build\/src\/index\.js$/,
    parts:
      /^\.\/(experimental|resolver-uds|load-balancer-(outlier-detection|round-robin|weighted-round-robin))$/,
  },
  { of: /prom-client\/index\.js$/, parts: /^\.\/lib\/(cluster|pushgateway|summary)$/ },
  {
    of: /@opentelemetry\/resources\/dist\/detectors\/platform\/node\/index\.mjs$/,
    parts: /^\.\/(Host|OS|Process|ServiceInstanceId)Detector\.mjs$/,
  },
];

// Read when something of it is used: at the first scrape, for a name to resolve, for a message that
// is compressed.
const deferred: readonly { of: RegExp; parts: RegExp }[] = [
  { of: /prom-client\/index\.js$/, parts: /^\.\/lib\/defaultMetrics$/ },
  { of: /@grpc\/grpc-js\/build\/src\//, parts: /^(dns|zlib)$/ },
];

/** Leaves out of a bundle what its function can never reach, or reads it when it is reached. */
export const cutUnused: Plugin = {
  name: "cut-unused",
  setup(build) {
    for (const filter of unused) {
      build.onResolve({ filter }, ({ path, importer }) =>
        usedBy.test(importer) ? undefined : { path, namespace: "cut" },
      );
    }
    for (const { of, parts } of unusedParts) {
      build.onResolve({ filter: parts }, ({ path, importer }) =>
        of.test(importer) ? { path, namespace: "cut" } : undefined,
      );
    }
    for (const { of, parts } of deferred) {
      build.onResolve({ filter: parts }, ({ path, importer, namespace }) =>
        namespace === "file" && of.test(importer)
          ? { path: createRequire(importer).resolve(path), namespace: "deferred" }
          : undefined,
      );
    }
    // Both of its builds would be in the bundle, one for each way of importing it.
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ kind, path, resolveDir }) =>
      kind === "require-call"
        ? build.resolve(path, { kind: "import-statement", resolveDir })
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "deferred" }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `const load = () => require(${JSON.stringify(path)});
                 module.exports = new Proxy(() => {}, {
                   get: (_, name) => load()[name],
                   apply: (_, self, args) => load()(...args),
                 });`,
    }));
    build.onLoad({ filter: /.*/, namespace: "cut" }, ({ path }) => ({
      loader: "js",
      contents: path.endsWith("/instrumentation")
        ? "module.exports = { registerInstrumentations() {} };"
        : `const cut = (name) => { throw new Error(name + " of ${path} is not in this bundle"); };
           module.exports = new Proxy({}, {
             get: (_, name) => name === "setup" ? () => {} : typeof name === "string" && name !== "__esModule"
               ? function () { cut(name); } : undefined,
           });`,
    }));
  },
};

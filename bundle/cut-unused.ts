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
  /\/runtime\/telemetry\/otlp\.ts$|@opentelemetry\/(exporter-trace-otlp-http|otlp-exporter-base)\//;

// Parts of a package that its own index reads, but no function reaches: load balancers and resolvers
// that no channel of the shop is configured for, metrics of clusters and of pushing.
const unusedParts: readonly { of: RegExp; parts: RegExp }[] = [
  {
    of: /@grpc\/grpc-js\/build\/src\/index\.js$/,
    parts:
      /^\.\/(experimental|resolver-uds|load-balancer-(outlier-detection|round-robin|weighted-round-robin))$/,
  },
  { of: /prom-client\/index\.js$/, parts: /^\.\/lib\/(cluster|pushgateway|summary)$/ },
];

// What only a scrape needs is read at the first one.
const deferred = { of: /prom-client\/index\.js$/, part: /^\.\/lib\/defaultMetrics$/ };

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
    build.onResolve({ filter: deferred.part }, ({ path, importer, namespace }) =>
      namespace === "file" && deferred.of.test(importer)
        ? { path: createRequire(importer).resolve(path), namespace: "deferred" }
        : undefined,
    );
    // Both of its builds would be in the bundle, one for each way of importing it.
    build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ kind, path, resolveDir }) =>
      kind === "require-call"
        ? build.resolve(path, { kind: "import-statement", resolveDir })
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: "deferred" }, ({ path }) => ({
      resolveDir: dirname(path),
      contents: `module.exports = (...args) => require(${JSON.stringify(path)})(...args);`,
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

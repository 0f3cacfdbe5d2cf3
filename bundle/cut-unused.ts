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

/** Leaves out of a bundle what its function can never reach. */
export const cutUnused: Plugin = {
  name: "cut-unused",
  setup(build) {
    for (const filter of unused) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: "cut" }));
    }
    build.onLoad({ filter: /.*/, namespace: "cut" }, ({ path }) => ({
      loader: "js",
      contents: path.endsWith("/instrumentation")
        ? "module.exports = { registerInstrumentations() {} };"
        : `const cut = (name) => { throw new Error(name + " of ${path} is not in this bundle"); };
           module.exports = new Proxy({}, {
             get: (_, name) => typeof name === "string" && name !== "__esModule"
               ? function () { cut(name); } : undefined,
           });`,
    }));
  },
};

import { createRequire } from "node:module";
import { dirname, isAbsolute, relative, sep } from "node:path";
import type { Plugin } from "esbuild";

/** Modules that files of one package import and that no function needs during its boot. */
export interface CutRule {
  /** The package whose files import them; package.json pins its exact version. */
  readonly package: string;
  /** The file of the package that imports them; any file if undefined. */
  readonly file?: string;
  /** The modules, as they are imported. */
  readonly modules: readonly string[];
  /** `cut`: every use of the module throws. `defer`: the module is loaded at its first use. */
  readonly action: "cut" | "defer";
}

const otlp = (signal: string) =>
  ["grpc", "http", "proto"].map((protocol) => `@opentelemetry/exporter-${signal}-otlp-${protocol}`);

/** The rules of every bundle that contains their packages. */
export const cutRules: readonly CutRule[] = [
  // NodeSDK imports all exporters and signals. The shop sends its spans to Zipkin, and exports metrics and
  // logs without OpenTelemetry, so these modules would only slow down each cold start. The OTLP exporter that
  // OTEL_TRACES_EXPORTER can choose is imported by the runtime itself, which no rule covers.
  {
    package: "@opentelemetry/sdk-node",
    modules: [
      ...[...otlp("logs"), ...otlp("metrics"), ...otlp("trace")],
      "@opentelemetry/exporter-prometheus",
      "@opentelemetry/otlp-exporter-base",
      "@opentelemetry/otlp-grpc-exporter-base",
      "@opentelemetry/sdk-logs",
      "@opentelemetry/sdk-metrics",
      "@opentelemetry/configuration",
      // It patches modules when they are required, and a bundle does not require any.
      "@opentelemetry/instrumentation",
    ],
    action: "cut",
  },
  // Needed only to export metrics by OTLP.
  {
    package: "@opentelemetry/otlp-transformer",
    modules: ["@opentelemetry/sdk-metrics"],
    action: "cut",
  },
  // Resource detectors that the runtime does not configure.
  {
    package: "@opentelemetry/resources",
    file: "dist/detectors/platform/node/index.mjs",
    modules: ["Host", "OS", "Process", "ServiceInstanceId"].map((name) => `./${name}Detector.mjs`),
    action: "cut",
  },
  // Needed only for channelz and load reports, which read .proto files at run time.
  { package: "@grpc/grpc-js", modules: ["@grpc/proto-loader"], action: "cut" },
  // Load balancers and resolvers that no channel of the shop is configured for.
  {
    package: "@grpc/grpc-js",
    file: "build/src/index.js",
    modules: [
      "./experimental",
      "./resolver-uds",
      "./load-balancer-outlier-detection",
      "./load-balancer-round-robin",
      "./load-balancer-weighted-round-robin",
    ],
    action: "cut",
  },
  // Used only to resolve a name and for a compressed message.
  { package: "@grpc/grpc-js", modules: ["dns", "zlib"], action: "defer" },
  {
    package: "prom-client",
    file: "index.js",
    modules: ["./lib/cluster", "./lib/pushgateway", "./lib/summary"],
    action: "cut",
  },
  // Used at the first scrape.
  { package: "prom-client", file: "index.js", modules: ["./lib/defaultMetrics"], action: "defer" },
];

/**
 * Creates the plugin of one build. It leaves out modules that the program does not use, or loads them at
 * their first use. The build fails if a bundle contains the package of a rule, and one of the rule's
 * modules is never imported: after an update of the package the rule would have no effect.
 */
export function createCutUnused(rules: readonly CutRule[] = cutRules): Plugin {
  const matched = new Set<string>();
  return {
    name: "cut-unused",
    setup(build) {
      const root = build.initialOptions.absWorkingDir ?? process.cwd();
      for (const rule of rules) {
        build.onResolve({ filter: anyOf(rule.modules) }, ({ path, importer, namespace }) => {
          if (namespace !== "file" || !isFileOf(rule, importer)) return undefined;
          matched.add(nameMatch(rule, path));
          if (rule.action === "cut") return { path, namespace: "cut" };
          const file = createRequire(importer).resolve(path);
          // esbuild writes the path into the bundle, whose bytes must not depend on the folder of the build.
          return { path: relativeTo(root, file), namespace: "defer", pluginData: file };
        });
      }
      // Otherwise the bundle would contain the package twice: its build for import and that for require.
      build.onResolve({ filter: /^@opentelemetry\/api$/ }, ({ kind, path, resolveDir }) =>
        kind === "require-call"
          ? build.resolve(path, { kind: "import-statement", resolveDir })
          : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "defer" }, ({ pluginData }) => ({
        resolveDir: dirname(pluginData),
        contents: writeDeferred(pluginData),
      }));
      build.onLoad({ filter: /.*/, namespace: "cut" }, ({ path }) => ({
        contents: writeCut(path),
      }));
      build.onEnd(({ metafile }) => {
        const files = Object.keys(metafile?.inputs ?? {});
        const used = rules.filter((rule) => files.some((file) => isFileOf(rule, file)));
        const errors = used.flatMap((rule) =>
          rule.modules
            .filter((module) => !matched.has(nameMatch(rule, module)))
            .map((module) => ({
              text: `bundle/cut-unused.ts: ${describeFiles(rule)} does not import ${module}: update the rule`,
            })),
        );
        return { errors };
      });
    },
  };
}

function anyOf(modules: readonly string[]): RegExp {
  const escaped = modules.map((module) => module.replaceAll(/[./]/g, "\\$&"));
  return new RegExp(`^(${escaped.join("|")})$`);
}

function isFileOf({ package: name, file }: CutRule, path: string): boolean {
  const folder = `node_modules/${name}/`;
  const at = path.lastIndexOf(folder);
  if (at < 0) return false;
  const rest = path.slice(at + folder.length);
  return file === undefined ? !rest.includes("node_modules/") : rest === file;
}

function nameMatch({ package: name, file, action }: CutRule, module: string): string {
  return [name, file, action, module].join(" ");
}

function describeFiles({ package: name, file }: CutRule): string {
  return file === undefined ? `the package ${name}` : `${file} of the package ${name}`;
}

// Modules of Node.js have no folder.
function relativeTo(root: string, file: string): string {
  return isAbsolute(file) ? relative(root, file).split(sep).join("/") : file;
}

function writeDeferred(path: string): string {
  return `const load = () => require(${JSON.stringify(path)});
    module.exports = new Proxy(() => {}, {
      get: (_, name) => load()[name],
      apply: (_, self, args) => load()(...args),
    });`;
}

function writeCut(path: string): string {
  // NodeSDK calls this function even if there are no instrumentations to register.
  if (path === "@opentelemetry/instrumentation") {
    return "module.exports = { registerInstrumentations() {} };";
  }
  // grpc-js calls the setup of each load balancer and resolver.
  return `const cut = (name) => { throw new Error(name + " is not in this bundle"); };
    module.exports = new Proxy(function () {}, {
      get: (_, name) => name === "setup" ? () => {} : typeof name === "string" && name !== "__esModule"
        ? function () { cut(name + " of ${path}"); } : undefined,
      apply: () => cut("${path}"),
      construct: () => cut("${path}"),
    });`;
}

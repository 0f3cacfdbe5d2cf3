import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { ZipkinExporter } from "@opentelemetry/exporter-zipkin";
import { NodeSDK } from "@opentelemetry/sdk-node";

// Loaded by `node --require` before the server, so that its modules are instrumented.
const sdk = new NodeSDK({
  traceExporter: new ZipkinExporter(),
  instrumentations: [getNodeAutoInstrumentations()],
});
sdk.start();

process.on("SIGTERM", () => {
  sdk.shutdown().finally(() => process.exit(0));
});

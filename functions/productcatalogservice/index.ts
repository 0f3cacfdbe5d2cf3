import "#runtime/signals.ts";
import { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { createCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { loadCatalog } from "./load-catalog.ts";
import { createProductCatalogService } from "./service.ts";

start("productcatalogservice", async (env) => {
  const { catalogFile, extraLatencyMs } = readConfig(env);
  const catalog = createCatalog(await loadCatalog(catalogFile));
  const service = createProductCatalogService(catalog, extraLatencyMs);
  return { services: [implement(ProductCatalogServiceDefinition, service)] };
});

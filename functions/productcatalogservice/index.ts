import "#runtime/signals.ts";
import { ProductCatalogServiceDefinition } from "#protos/hipstershop.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { ReloadedCatalog } from "./reloaded-catalog.ts";
import { createProductCatalogService } from "./service.ts";

start("productcatalogservice", async (env) => {
  const { catalogFile, lifetimeMs, extraLatencyMs } = readConfig(env);
  const catalogs = await ReloadedCatalog.open(catalogFile, lifetimeMs);
  const service = createProductCatalogService(catalogs, extraLatencyMs);
  return { services: [implement(ProductCatalogServiceDefinition, service)] };
});

import "#runtime/signals.ts";
import {
  ProductCatalogServiceDefinition,
  RecommendationServiceDefinition,
} from "#protos/hipstershop.ts";
import { createClient } from "#runtime/client.ts";
import { implement } from "#runtime/rpc.ts";
import { start } from "#runtime/start.ts";
import { readConfig } from "./config.ts";
import { createRecommendationService } from "./service.ts";

start("recommendationservice", (env) => {
  const { catalogAddress } = readConfig(env);
  const catalog = createClient(ProductCatalogServiceDefinition, catalogAddress, {
    isCached: true,
  });
  const service = createRecommendationService(catalog, Math.random);
  return {
    dependencies: { productcatalogservice: catalogAddress },
    services: [implement(RecommendationServiceDefinition, service)],
    close: () => catalog.close(),
  };
});

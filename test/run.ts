import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { buildConsolePage } from "#local/console/build.ts";
import { bundleFunctions } from "../bundle/bundle-functions.ts";
import { bundleUp } from "../cli/up-bundle.ts";

// `npm test`: bundles the programs that tests start, then runs all test files, or the given ones.
await Promise.all([bundleFunctions(), buildConsolePage(), bundleUp()]);
const given = process.argv.slice(2);
// The tests in test/knative need a deployed shop: npm run test:knative.
const exclude = (path: string) =>
  basename(path) === "node_modules" || path === join("test", "knative");
const files = given.length > 0 ? given : globSync("**/*.test.ts", { exclude });
const { status } = spawnSync(
  process.execPath,
  ["--test", "--test-concurrency=2", "--test-timeout=180000", ...files],
  { stdio: "inherit" },
);
process.exitCode = status ?? 1;

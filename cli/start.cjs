// The program of `npm start`, and of the build that it starts. It is CommonJS without types: loading the first module takes Node.js 25 ms of CPU, and
// stripping the types of the first file 45 ms and 11 MB. The compile cache has further files without their types.
const { existsSync } = require("node:fs");
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

enableCompileCache(join(__dirname, "dist", "compile-cache"));

const bundle = join(__dirname, "dist", "up.cjs");
const [verb, ...options] = process.argv.slice(2);

// After a change of its source, `shop up` runs from the source, and bundles it for the next time.
async function run() {
  const isUp = verb === "up";
  if (isUp && !existsSync(bundle)) startBundlerNow();
  if (isUp && (await loadBundle()?.runUp())) return;
  await import("./shop.ts");
}

// In a new checkout, nothing is bundled: the bundler starts while this process loads its modules. With other
// options, such as --no-build and --help, `shop up` needs none.
function startBundlerNow() {
  if (options.some((option) => option !== "--quiet")) return;
  require(join(__dirname, "bundler.cjs")).startBundler(__filename);
}

function loadBundle() {
  try {
    return require(bundle);
  } catch {
    // It is missing, or another process is writing it.
    return undefined;
  }
}

run();

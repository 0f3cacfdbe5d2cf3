// The program of `npm start`, and of the build that it starts. It is CommonJS without types: loading the first module takes Node.js 25 ms of CPU, and
// stripping the types of the first file 45 ms and 11 MB. The compile cache has further files without their types.
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

enableCompileCache(join(__dirname, "dist", "compile-cache"));

// After a change of its source, `shop up` runs from the source, and bundles it for the next time.
async function run() {
  const isRun = process.argv[2] === "up" && (await loadBundle()?.runUp());
  if (!isRun) await import("./shop.ts");
}

function loadBundle() {
  try {
    return require(join(__dirname, "dist", "up.cjs"));
  } catch {
    // It is missing, or another process is writing it.
    return undefined;
  }
}

run();

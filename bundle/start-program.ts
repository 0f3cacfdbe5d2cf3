// The source of `start.cjs`, which the build writes beside a bundle, `index.cjs`, and which runs it. Node's
// compile cache contains only what is compiled when a file is loaded: the functions that a boot and a first
// request call are compiled in each process again. The cache of this program, in Node's folder, is written
// when a process exits, and contains all functions that it has called.

/** The SHA-256 of the bundle; the build replaces it. V8 itself compares only the length of a source. */
declare const bundleSha256: string;

// Not required: the bundle handles signals before it requires a module. Node.js itself has loaded these.
const { readFileSync, renameSync, writeFileSync } = process.getBuiltinModule("node:fs");
const { getCompileCacheDir } = process.getBuiltinModule("node:module");
const { join } = process.getBuiltinModule("node:path");
const { debuglog } = process.getBuiltinModule("node:util");
const { Script } = process.getBuiltinModule("node:vm");

const report = debuglog("code-cache");
const filename = join(import.meta.dirname, "index.cjs");
// For this version of Node.js, its flags and this user. Undefined without NODE_COMPILE_CACHE.
const folder = getCompileCacheDir();
const cacheFile =
  folder && join(folder, `${filename.replaceAll(/[^\w.-]/g, "_").slice(-200)}.code`);
const cachedData = cacheFile && read(cacheFile);

// As Node.js wraps a module.
const head = "(function (exports, require, module, __filename, __dirname) { ";
const script = new Script(`${head}${readFileSync(filename, "utf8")}\n})`, {
  filename,
  columnOffset: -head.length,
  ...(cachedData && { cachedData }),
});
const isUsed = cachedData !== undefined && !script.cachedDataRejected;
report("%s is %s", cacheFile, isUsed ? "used" : cachedData ? "rejected" : "missing");
// A run with arguments, such as a sweep, is no boot: the cache would not have the code of one.
const isBoot = process.argv.length === 2;
if (cacheFile && !isUsed && isBoot) process.once("exit", () => write(cacheFile));

const loaded = { exports: {} };
script.runInThisContext()(loaded.exports, require, loaded, filename, import.meta.dirname);

// The file starts with the SHA-256 of the bundle.
function read(file: string): Buffer | undefined {
  try {
    const bytes = readFileSync(file);
    const { length } = bundleSha256;
    return bytes.toString("latin1", 0, length) === bundleSha256
      ? bytes.subarray(length)
      : undefined;
  } catch {
    return undefined;
  }
}

function write(file: string): void {
  const partial = `${file}.${process.pid}`;
  try {
    // Renamed at the end, so that another process never reads a part of it.
    writeFileSync(partial, Buffer.concat([Buffer.from(bundleSha256), script.createCachedData()]));
    renameSync(partial, file);
    report("%s is written", file);
  } catch (error) {
    // As in an image, where the folder cannot be written.
    report("%s cannot be written: %s", file, error);
  }
}

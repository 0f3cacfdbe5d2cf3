// Fills Node's compile cache while an image is built: runs a function once, as its container will,
// and lets it answer the first requests that any function gets, so that the functions compiled on
// the way are in the cache too.
//
//   node warm.cjs BUNDLE FUNC_YAML CACHE_FOLDER
const { fork } = require("node:child_process");
const { readdirSync, readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { connect } = require("node:http2");

const limitMs = 60_000;
// Nothing listens there. Clients connect late, so a function starts without its callees.
const nowhere = "127.0.0.1:1";

const [bundle, manifest, cache] = process.argv.slice(2);
const addresses = readFileSync(manifest, "utf8").match(/\b[A-Z_]+_SERVICE_ADDR\b/g) ?? [];

// Takes the function's spans, so that what sends them gets compiled as well.
const collector = createServer((request, response) => {
  request.resume();
  response.writeHead(202).end();
});
const timer = setTimeout(() => fail(`not done after ${limitMs} ms`), limitMs);
let output = "";
let child;
collector.listen(0, "127.0.0.1", () => {
  child = startFunction(`http://127.0.0.1:${collector.address().port}/api/v2/spans`);
});

function startFunction(zipkinEndpoint) {
  const started = fork(bundle, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: cache,
      ...Object.fromEntries(addresses.map((name) => [name, nowhere])),
      // As in a cluster, where carts and mails are kept in Redis.
      REDIS_ADDR: nowhere,
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: zipkinEndpoint,
      PORT: "0",
      METRICS_PORT: "0",
    },
  });
  started.stdout.on("data", keepOutput);
  started.stderr.on("data", keepOutput);
  started.on("message", (message) => {
    if (message.type === "ready") request(message.port).catch((error) => fail(error.stack));
  });
  started.on("exit", finish);
  return started;
}

function keepOutput(chunk) {
  output += chunk;
}

function finish(code, signal) {
  if (code !== 0) fail(`it exited with ${signal ?? code}`);
  const files = readdirSync(cache, { recursive: true });
  if (!files.some((file) => file.includes("/"))) fail("it left no compile cache");
  clearTimeout(timer);
  collector.close();
}

// Its stores are not there, so it may well answer that it is not ready.
async function request(port) {
  await (await fetch(`http://127.0.0.1:${port}/health/readiness`)).text();
  await call(port, "/grpc.health.v1.Health/Check");
  // Every function has this one, and it takes the way of a function's own methods.
  await call(port, "/hipstershop.PrewarmService/Wake");
  child.kill("SIGTERM");
}

function call(port, path) {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", reject);
    stream.on("close", () => session.close(resolve));
    stream.resume();
    // An empty message: not compressed, no bytes.
    stream.end(Buffer.alloc(5));
  });
}

function fail(reason) {
  process.stderr.write(`${output.slice(-4000)}\n${bundle} cannot be warmed: ${reason}\n`);
  child?.kill("SIGKILL");
  process.exit(1);
}

// Fills the compile caches of the whole shop while its image is built: starts it, buys something, lets
// every function go to zero again, which is when each writes its cache, and ends it.
//
//   node warm.cjs PROGRAM
const { spawn } = require("node:child_process");
const { readdirSync } = require("node:fs");
const { createServer } = require("node:net");
const { join } = require("node:path");

const limitMs = 120_000;
const order = {
  email: "someone@example.com",
  street_address: "1600 Amphitheatre Parkway",
  zip_code: "94043",
  city: "Mountain View",
  state: "CA",
  country: "United States",
  credit_card_number: "4432801561520454",
  credit_card_expiration_month: "1",
  credit_card_expiration_year: String(new Date().getFullYear() + 1),
  credit_card_cvv: "672",
};

const program = process.argv.at(-1);
let platform;
setTimeout(() => fail(`not done after ${limitMs} ms`), limitMs).unref();
run().catch((error) => fail(error.stack));

async function run() {
  // A builder may use this machine's network, where the usual ports may be in use.
  const [port, consolePort] = [await findFreePort(), await findFreePort()];
  const names = readdirSync(join(program, "..", "..", "functions"));
  const others = names.filter((name) => name !== "frontend");
  platform = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      ...Object.fromEntries(others.map((name) => [`${name.toUpperCase()}_PORT`, "0"])),
      HOST: "127.0.0.1",
      PORT: String(port),
      CONSOLE_PORT: String(consolePort),
      SHOP_IDLE_WINDOW: "1s",
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  platform.once("exit", (code) => {
    if (code !== 0) fail(`it exited with code ${code}`);
    const files = readdirSync(process.env.NODE_COMPILE_CACHE, { recursive: true });
    // In a folder of Node's version: one file for each program.
    if (files.filter((file) => file.includes("/")).length <= names.length) {
      fail(`its functions left no compile cache: there are only ${files}`);
    }
  });
  await buy(`http://127.0.0.1:${port}`);
  // The mail is sent after the order was answered.
  await until(async () => {
    const { functions } = await (await fetch(`http://127.0.0.1:${consolePort}/api/state`)).json();
    return functions.every(({ starts, state }) => starts > 0 && state === "zero");
  });
  platform.kill("SIGTERM");
}

async function buy(shop) {
  await until(async () => (await fetch(`${shop}/health/readiness`).catch(() => undefined))?.ok);
  const cookie = "shop_session-id=3f0f9f5c-3d3c-4b3f-9b0a-0d6f6d3b2f11";
  const visit = async (path, form) => {
    const body = form && new URLSearchParams(form);
    const response = await fetch(shop + path, {
      method: body ? "POST" : "GET",
      body,
      headers: { cookie },
    });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    await response.text();
  };
  await visit("/");
  await visit("/product/6E92ZMYYFZ");
  await visit("/cart", { product_id: "6E92ZMYYFZ", quantity: "1" });
  await visit("/cart/checkout", order);
}

async function until(holds) {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function fail(reason) {
  process.stderr.write(`the shop cannot be warmed: ${reason}\n`);
  platform?.kill("SIGKILL");
  process.exit(1);
}

// Fills the compile caches of the whole shop while its image is built: starts it, buys something, and
// ends it.
//
//   node warm.cjs PROGRAM
const { spawn } = require("node:child_process");

const limitMs = 90_000;
const shop = "http://127.0.0.1:8080";
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

const platform = spawn(process.execPath, [process.argv[2]], {
  env: { ...process.env, PORT: "8080" },
  stdio: ["ignore", "ignore", "inherit"],
});
const timer = setTimeout(() => fail(`not done after ${limitMs} ms`), limitMs);
platform.once("exit", (code) => {
  clearTimeout(timer);
  process.exitCode = code === 0 ? 0 : 1;
});
buy().then(
  () => platform.kill("SIGTERM"),
  (error) => fail(error.stack),
);

async function buy() {
  await untilUp();
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

async function untilUp() {
  for (;;) {
    const response = await fetch(`${shop}/health/readiness`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function fail(reason) {
  process.stderr.write(`the shop cannot be warmed: ${reason}\n`);
  platform.kill("SIGKILL");
  process.exit(1);
}

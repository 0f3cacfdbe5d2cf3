import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { readManifest } from "#manifest/manifest.ts";
import { serviceNames } from "../fixtures/call-graph.ts";
import { checkKubectl } from "./check-kubectl.ts";
import { parseShop } from "./parse-shop.ts";
import { read, root } from "./repository.ts";

/** A running shop that `curl` commands are sent to. */
export interface RunningShop {
  /** The storefront's URL. */
  readonly storefront: string;
  /** The console's URL. */
  readonly console: string;
}

type Check = (args: readonly string[], shop: RunningShop) => void | Promise<void>;

/** How a command of each program is checked without a cluster; each throws an error with the reason. */
export const checks: Readonly<Record<string, Check>> = {
  npm: checkNpm,
  npx: async ([name, ...args]) => {
    assert.equal(name, "shop", "npx runs only shop here");
    await checkShop(args);
  },
  node: ([first = ""]) => {
    const isBundle =
      first === "dist/index.cjs" && /dist.*index\.cjs/s.test(read("bundle/bundle-functions.ts"));
    assert.ok(first === "-e" || isBundle || existsSync(join(root, first)), `${first} is missing`);
  },
  curl: checkCurl,
  grpcurl: checkGrpcurl,
  kubectl: checkKubectl,
  cp: (args) => {
    const [from = "", to = ""] = parse(args, { recursive: { type: "boolean", short: "r" } });
    assert.ok(existsSync(join(root, from)), `${from} is missing`);
    assert.ok(!existsSync(join(root, to)), `${to} exists already`);
  },
  git: ([verb, ...paths]) => {
    assert.equal(verb, "restore");
    for (const path of paths) assert.ok(existsSync(join(root, path)), `${path} is missing`);
  },
  func: (args) => verbOf(parse(args, {}), ["deploy"]),
  kn: (args) => verbOf(parse(args, { port: { type: "string" } }), ["service"]),
  kind: (args) => verbOf(parse(args, {}), ["create"]),
  minikube: (args) =>
    verbOf(parse(args, { cpus: { type: "string" }, memory: { type: "string" } }), ["start"]),
  cut: (args) => {
    parse(args, { d: { type: "string", short: "d" }, f: { type: "string", short: "f" } });
  },
  sh: (args) => {
    parse(args, { e: { type: "boolean", short: "e" } });
  },
  base64: (args) => {
    parse(args, { decode: { type: "boolean", short: "d" } });
  },
  openssl: ([verb = ""]) => verbOf([verb], ["rand"]),
  tr: (args) => {
    parse(args, { delete: { type: "boolean", short: "d" } });
  },
};

/** The positional arguments; throws for an option that is not listed. */
function parse(args: readonly string[], options: ParseArgsOptionsConfig): string[] {
  return parseArgs({ args: [...args], options, allowPositionals: true }).positionals;
}

function verbOf([verb = ""]: readonly string[], verbs: readonly string[]): void {
  assert.ok(verbs.includes(verb), `${verb} is not one of ${verbs}`);
}

async function checkNpm([verb = "", ...rest]: readonly string[]): Promise<void> {
  if (verb === "ci") {
    const { values } = parseArgs({ args: rest, options: { prefix: { type: "string" } } });
    const lock = join(values.prefix ?? "", "package-lock.json");
    assert.ok(existsSync(join(root, lock)), `${lock} is missing`);
    return;
  }
  const [name = "", ...after] = verb === "run" ? rest : [verb, ...rest];
  const { scripts } = JSON.parse(read("package.json"));
  const script: string | undefined = scripts[name];
  assert.ok(script, `package.json has no script ${name}`);
  if (after.length > 0) assert.equal(after[0], "--", "npm would read the arguments as its own");
  const args = after.slice(1);
  const [, file = "", given = ""] = /^node (\S+\.ts) ?(.*)$/.exec(script) ?? [];
  if (file === "cli/shop.ts") return checkShop([given, ...args]);
  const settings = join(file, "..", "settings.ts");
  const reader = existsSync(join(root, settings)) ? settings : file;
  for (const arg of args.filter((each) => !isPlaceholder(each))) {
    if (arg.startsWith("-")) assert.ok(read(reader).includes(`"${arg}"`), arg);
    else assert.ok(existsSync(join(root, arg)), `${arg} is missing`);
  }
}

async function checkShop(args: readonly string[]): Promise<void> {
  const parsed = await parseShop(args);
  const experiments = readdirSync(join(root, "study", "experiments"));
  const names = parsed?.args.filter((name) => !isPlaceholder(name)) ?? [];
  for (const name of parsed?.verb === "run" ? names : []) {
    assert.ok(experiments.includes(`${name}.yaml`), `no experiment is named ${name}`);
  }
  const services = [...serviceNames, "hipster-shop"];
  for (const name of verbsOfFunctions.has(parsed?.verb ?? "") ? names : []) {
    assert.ok(services.includes(name), `no function is named ${name}`);
  }
}

const verbsOfFunctions: ReadonlySet<string> = new Set(["images", "release", "kn", "func", "logs"]);

// A name that the reader replaces: NAME, REGISTRY, [FILE...].
function isPlaceholder(word: string): boolean {
  return /^\[?[A-Z]{2}/.test(word);
}

// A Host header is only for a cluster: it is left out.
async function checkCurl(args: readonly string[], shop: RunningShop): Promise<void> {
  const [target = ""] = parse(args, { header: { type: "string", short: "H" } });
  const url = new URL(target.includes("://") ? target : `http://${target}`);
  const base = { 8080: shop.storefront, 8081: shop.console }[url.port];
  assert.ok(base, `${url} is neither the storefront nor the console`);
  const response = await fetch(new URL(`${url.pathname}${url.search}`, base));
  assert.ok(response.ok, `${url} is answered with ${response.status}: ${await response.text()}`);
}

function checkGrpcurl(args: readonly string[]): void {
  const text = { type: "string" } as const;
  const options = { plaintext: { type: "boolean" }, "import-path": text, proto: text } as const;
  const long = args.map((arg) => arg.replace(/^-(?=\w{2})/, "--"));
  const { values, positionals } = parseArgs({ args: long, options, allowPositionals: true });
  const [address = "", method = ""] = positionals;
  const proto = read(join(values["import-path"] ?? "", values.proto ?? ""));
  const [, service = "", rpc = ""] = /^hipstershop\.(\w+)\/(\w+)$/.exec(method) ?? [];
  assert.match(proto, new RegExp(`service ${service} \\{[^}]*?rpc ${rpc}\\(`, "s"));
  const port = address.replace("127.0.0.1:", "");
  const { localPort } = readManifest(service.toLowerCase());
  assert.equal(port, String(localPort), `${service} is not at ${address}`);
}

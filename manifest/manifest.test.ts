import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { stringify } from "yaml";
import { ConfigError } from "#runtime/environment.ts";
import {
  listFunctions,
  monolithName,
  readManifest,
  readManifests,
  readMonolith,
} from "./manifest.ts";

const address = "store.shop.svc.cluster.local:80";

function funcYaml(name: string, envs: object[] = [], localPort = name.length + 7066) {
  return {
    name,
    runtime: "typescript",
    created: "2026-11-24T00:00:00Z",
    run: { envs, volumes: [{ emptyDir: { sizeLimit: "64Mi" }, path: "/tmp" }] },
    deploy: {
      labels: [{ key: "networking.knative.dev/visibility", value: "cluster-local" }],
      annotations: { "hipstershop.dev/local-port": String(localPort) },
      options: {
        scale: { min: 1, max: 10, metric: "concurrency", target: 50 },
        resources: {
          requests: { cpu: "50m", memory: "64Mi" },
          limits: { cpu: "1000m", memory: "256Mi", concurrency: 0 },
        },
      },
      healthEndpoints: { liveness: "/health/liveness", readiness: "/health/readiness" },
      subscriptions: [{ source: "default", filters: { type: "a.b.v1" } }],
    },
  };
}

test("a manifest has the fields of func.yaml, its dependencies, plain variables and port", (t) => {
  const envs = [
    { name: "STORE_SERVICE_ADDR", value: address },
    { name: "LOG_LEVEL", value: "warn" },
    { name: "PASSWORD", value: "{{ secret:mail }}" },
  ];
  const folder = writeFunctions(t, { cart: funcYaml("cart", envs), store: funcYaml("store") });
  mkdirSync(join(folder, "not-a-function"));
  const [cart, store, ...more] = readManifests(folder);
  assert.deepEqual(more, []);
  assert.equal(store?.name, "store");
  const { created: _, deploy, ...func } = funcYaml("cart", envs);
  const { healthEndpoints: __, ...used } = deploy;
  assert.deepEqual(cart, {
    ...func,
    deploy: used,
    folder: join(folder, "cart"),
    isPublic: false,
    dependencies: [{ variable: "STORE_SERVICE_ADDR", name: "store" }],
    env: { LOG_LEVEL: "warn" },
    localPort: 7070,
    deadLetterType: undefined,
    sweepIntervalMs: undefined,
    backingServices: [],
    variables: [],
  });
});

test("missing sections of func.yaml are empty, and a function without a label is public", (t) => {
  const { run: _, deploy, ...func } = funcYaml("page");
  const { annotations, options } = deploy;
  const folder = writeFunctions(t, { page: { ...func, deploy: { annotations, options } } });
  const page = readManifest("page", folder);
  assert.deepEqual(page.run, { envs: [], volumes: [] });
  assert.deepEqual([page.deploy.labels, page.deploy.subscriptions], [[], []]);
  assert.equal(page.isPublic, true);
});

test("every wrong field is reported with its file, value and rule", (t) => {
  const folder = writeFunctions(t, {
    broken: "name: [",
    cart: {
      ...funcYaml("wagon", [{ name: "STORE_SERVICE_ADDR", value: "shelf:80" }, { value: 48 }]),
      created: undefined,
    },
    scale: changeDeploy("scale", {
      annotations: { "hipstershop.dev/local-port": "70000" },
      labels: {},
      options: { scale: { min: 2, max: 1, metric: "cpu", target: "fifty" } },
      healthEndpoints: { liveness: "/live" },
    }),
    list: "- a",
    loop: "name: &name [*name]",
  });
  const problems = problemsOf(() => readManifests(folder));
  const expected = [
    /broken\/func\.yaml: Flow sequence in block collection must/,
    /cart\/func\.yaml: created is missing: expected a time such as 2026-11-24T00:00:00Z$/,
    /cart\/func\.yaml: name is "wagon": expected the folder's name, cart$/,
    /cart\/func\.yaml: run\.envs\[1\]\.name is missing: expected the name of a variable$/,
    /cart\/func\.yaml: run\.envs\[1\]\.value is 48: expected a text, in quotes$/,
    /cart\/func\.yaml: STORE_SERVICE_ADDR is "shelf:80": expected the address of storeservice$/,
    /list\/func\.yaml: name is missing: expected a DNS label/,
    /loop\/func\.yaml: name is a collection with an alias of itself: expected a DNS label/,
    /scale\/func\.yaml: deploy\.annotations\["hipstershop.dev\/local-port"\] is "70000": expected a TCP port/,
    /scale\/func\.yaml: deploy\.labels is \{\}: expected a list$/,
    /scale\/func\.yaml: deploy\.options\.scale\.min is 2: expected a whole number from 0 to 1$/,
    /scale\/func\.yaml: deploy\.options\.scale\.metric is "cpu": expected concurrency or rps$/,
    /scale\/func\.yaml: deploy\.options\.scale\.target is "fifty": expected a whole number of 1 or more$/,
    /scale\/func\.yaml: deploy\.options\.resources\.requests\.cpu is missing: expected a quantity of CPU such as 50m$/,
    /scale\/func\.yaml: deploy\.healthEndpoints\.liveness is "\/live": expected \/health\/liveness$/,
  ];
  for (const line of expected) {
    assert.ok(
      problems.some((problem) => line.test(problem)),
      `${line} in ${problems.join("\n")}`,
    );
  }
});

test("a call to a function that does not exist and a cycle of calls are reported", (t) => {
  const calls = (name: string, value: string) => [{ name, value }];
  const folder = writeFunctions(t, {
    aservice: funcYaml("aservice", calls("B_SERVICE_ADDR", "bservice:80"), 0),
    bservice: funcYaml("bservice", [
      ...calls("A_SERVICE_ADDR", "aservice:80"),
      ...calls("GONE_SERVICE_ADDR", "goneservice:80"),
    ]),
  });
  assert.deepEqual(
    problemsOf(() => readManifests(folder)),
    [
      'bservice calls "goneservice" (GONE_SERVICE_ADDR), but no function has that name',
      "functions call each other in a cycle: aservice -> bservice -> aservice",
    ],
  );
});

test("a folder without functions is reported", (t) => {
  assert.match(problemsOf(() => readManifests(writeFunctions(t, {}))).join(), /has no folder with/);
});

test("a local port of two functions is reported", (t) => {
  const folder = writeFunctions(t, { cart: funcYaml("cart"), gift: funcYaml("gift", [], 7070) });
  assert.deepEqual(
    problemsOf(() => readManifests(folder)),
    ["gift has the local port 7070 of cart: choose a free one"],
  );
});

test("the shop's func.yaml files follow the rules", () => {
  assert.equal(readMonolith().name, monolithName);
  assert.deepEqual(
    readManifests().map(({ name }) => name),
    listFunctions(),
  );
});

function changeDeploy(name: string, deploy: object): object {
  return { ...funcYaml(name), deploy };
}

function problemsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message.split("\n");
  }
  return [];
}

function writeFunctions(t: TestContext, documents: Record<string, object | string>): string {
  const folder = mkdtempSync(join(tmpdir(), "manifest-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, document] of Object.entries(documents)) {
    mkdirSync(join(folder, name));
    const text = typeof document === "string" ? document : stringify(document);
    writeFileSync(join(folder, name, "func.yaml"), text);
  }
  return folder;
}

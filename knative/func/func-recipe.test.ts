import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { skipWithoutKubectl, writeKubeconfig } from "#backends/fixtures/kubeconfig.ts";
import { functionsFolder, readManifest, readManifests } from "#manifest/manifest.ts";
import { repositoryFolder } from "../deploy/options.ts";
import { writeEventsService, writeService } from "../generate/service.ts";
import { writeTriggers } from "../generate/triggers.ts";
import {
  makeScratch,
  writeContextRecipe,
  writeCopyRecipe,
  writeEventsRecipe,
  writeFuncRecipe,
} from "./func-recipe.ts";

const target = {
  folder: "functions/cartservice",
  namespace: "shop",
  variables: ["CART_TTL"],
  origin: "prebuilt",
} as const;

function writeRecipe(name: string, changes: { origin?: "source" } = {}): string[] {
  const service = parse(writeService(readManifest(name)));
  const recipe = writeFuncRecipe(service, { ...target, ...changes });
  return recipe.replaceAll(/ \\\n */g, " ").split("\n\n");
}

test("func deploys an existing image, then kn names the port and sets the fields that func removes", () => {
  const [deploy, update, ...more] = writeRecipe("cartservice");
  assert.equal(
    deploy,
    "func deploy --path functions/cartservice --namespace shop --image shop/cartservice " +
      "--build=false --push=false",
  );
  assert.match(update ?? "", /^kn service update cartservice --namespace shop --port h2c:8080 /);
  for (const set of ["--cluster-local", "--scale-window 60s", "--env CART_TTL=48h"]) {
    assert.ok(update?.includes(set), update);
  }
  assert.deepEqual(more, []);
});

test("kn removes a variable of func.yaml that the overlay does not have", () => {
  const service = parse(writeService(readManifest("cartservice")));
  const variables = ["CART_TTL", "ALLOW_EPHEMERAL_STORE"];
  const recipe = writeFuncRecipe(service, { ...target, variables });
  assert.match(recipe, /--env ALLOW_EPHEMERAL_STORE-$/);
  assert.doesNotMatch(recipe, /--env CART_TTL-/);
});

test("func's volumes and readiness probe are kept, and the liveness probe gets the shop's times", () => {
  for (const name of ["cartservice", "frontend"]) {
    const [, update = ""] = writeRecipe(name);
    assert.doesNotMatch(update, /--volume|--mount|--probe-readiness/);
    assert.match(update, / --probe-liveness-opts \S*timeoutSeconds=5,/);
  }
});

test("a source build lets func build and push", () => {
  const [deploy] = writeRecipe("cartservice", { origin: "source" });
  assert.match(deploy ?? "", / --image shop\/cartservice --build --push$/);
});

test("events go to a Service of their own instead of through func's Triggers", () => {
  const func = readManifest("emailservice");
  const events = parse(writeEventsService(func));
  const triggers = parseAllDocuments(writeTriggers(func, readManifests())).map((each) =>
    each.toJS(),
  );
  const recipe = writeEventsRecipe("emailservice", events, triggers, { namespace: "shop" });
  const [remove, service, orders, prewarms] = recipe.replaceAll(/ \\\n */g, " ").split("\n\n");
  assert.deepEqual(remove?.split("\n"), [
    `led=$(kubectl get triggers --namespace shop --output 'jsonpath={.items[?(@.spec.subscriber.ref.name=="emailservice")].metadata.name}')`,
    'if [ -n "$led" ]; then',
    "  kubectl delete triggers --namespace shop --cascade=foreground $led",
    "  kubectl delete inmemorychannels --namespace shop --selector eventing.knative.dev/broker || true",
    "fi",
  ]);
  assert.match(service ?? "", /^kn service apply emailservice-events .*--port http1:8080 /);
  assert.match(
    orders ?? "",
    /^kn trigger update emailservice-0 .*type=com.hipstershop.order.placed/,
  );
  assert.match(prewarms ?? "", /^kn trigger update emailservice-1 .*type=com.hipstershop.prewarm/);
});

function runShell(script: string): string {
  return execFileSync("sh", ["-ec", script], { cwd: repositoryFolder, encoding: "utf8" });
}

test("func gets a copy of the folder with a func.yaml without subscriptions", () => {
  const { commands, folder } = writeCopyRecipe("emailservice");
  const read = `cat ${folder}/func.yaml; test -f ${folder}/index.ts; echo "# $scratch"`;
  const printed = runShell([makeScratch, commands, read].join("\n"));
  const file = join(functionsFolder, "emailservice", "func.yaml");
  const { deploy, ...rest } = parse(readFileSync(file, "utf8"));
  const { subscriptions, ...others } = deploy;
  assert.equal(subscriptions.length, 2);
  assert.deepEqual(parse(printed), { ...rest, deploy: others });
  const scratch = /^# (.+)$/m.exec(printed)?.[1] ?? "";
  assert.equal(existsSync(scratch), false);
});

test("a given context is the current one of func and all other commands", {
  skip: skipWithoutKubectl,
}, (t) => {
  const config = writeKubeconfig(t, { one: "https://one.invalid", two: "https://two.invalid" });
  const script = [
    `export KUBECONFIG=${config}`,
    makeScratch,
    writeContextRecipe("two"),
    "kubectl config current-context",
    "kubectl config view --minify --output 'jsonpath={.clusters[0].cluster.server}'",
  ];
  assert.equal(runShell(script.join("\n")), "two\nhttps://two.invalid");
});

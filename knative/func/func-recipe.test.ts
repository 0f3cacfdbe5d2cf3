import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { readFuncYaml } from "../func-yaml.ts";
import { writeEventsService, writeService, writeTriggers } from "../service.ts";
import { writeEventsRecipe, writeFuncRecipe } from "./func-recipe.ts";

const target = { folder: "functions/cartservice", namespace: "shop", origin: "prebuilt" } as const;

function writeRecipe(name: string, changes: { origin?: "source" } = {}): string[] {
  const service = parse(writeService(readFuncYaml(name)));
  const recipe = writeFuncRecipe(service, { ...target, ...changes });
  return recipe.replaceAll(/ \\\n */g, " ").split("\n\n");
}

test("func deploys the image that is there, then kn names the port and sets what func wipes", () => {
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

test("func's probes and volumes stay as func has made them", () => {
  for (const name of ["cartservice", "frontend"]) {
    const [, update = ""] = writeRecipe(name);
    assert.doesNotMatch(update, /--mount|--probe/);
  }
});

test("a source build lets func build and push", () => {
  const [deploy] = writeRecipe("cartservice", { origin: "source" });
  assert.match(deploy ?? "", / --image shop\/cartservice --build --push$/);
});

test("events go to a Service of their own in the place of func's Triggers", () => {
  const func = readFuncYaml("emailservice");
  const events = parse(writeEventsService(func));
  const triggers = parseAllDocuments(writeTriggers(func)).map((each) => each.toJS());
  const recipe = writeEventsRecipe("emailservice", events, triggers, "shop");
  const [remove, service, orders, wakes] = recipe.replaceAll(/ \\\n */g, " ").split("\n\n");
  assert.match(
    remove ?? "",
    /^kubectl get triggers .*name=="emailservice".* \| xargs -r kubectl delete /,
  );
  assert.match(service ?? "", /^kn service apply emailservice-events .*--port http1:8080 /);
  assert.match(
    orders ?? "",
    /^kn trigger update emailservice-0 .*type=com.hipstershop.order.placed/,
  );
  assert.match(wakes ?? "", /^kn trigger update emailservice-1 .*type=com.hipstershop.prewarm/);
});

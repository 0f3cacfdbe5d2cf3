import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { readManifest, readManifests } from "#manifest/manifest.ts";
import { writeService } from "../generate/service.ts";
import { writeTriggers } from "../generate/triggers.ts";
import { writeApplyCommand, writeServiceCommand, writeTriggerCommand } from "./kn-service.ts";

test("a Service's command starts with its name, its namespace and its image", () => {
  const service = parse(writeService(readManifest("currencyservice")));
  const command = writeServiceCommand(service, { namespace: "somewhere" }, "apply");
  assert.match(
    command,
    /^kn service apply currencyservice \\\n {2}--namespace somewhere \\\n {2}--image shop\/currency/,
  );
});

const [trigger] = parseAllDocuments(
  writeTriggers(readManifest("emailservice"), readManifests()),
).map((each) => each.toJS());

test("a Trigger's command names the Broker, the filter and where events go", () => {
  assert.equal(
    writeTriggerCommand(trigger, { namespace: "shop" }, "create").replaceAll(/ \\\n */g, " "),
    "kn trigger create emailservice-0 --broker default --namespace shop " +
      "--filter type=com.hipstershop.order.placed.v1 --sink ksvc:emailservice-events",
  );
});

test("the Trigger's command that can be repeated updates first", () => {
  const command = writeTriggerCommand(trigger, { namespace: "shop" }, "apply").replaceAll(
    / \\\n */g,
    " ",
  );
  assert.match(
    command,
    /^kn trigger update emailservice-0 .*--sink ksvc:emailservice-events 2>\/dev\/null \|\| kn trigger create emailservice-0 /,
  );
});

test("a CronJob is applied as it is, because kn has no command for it", () => {
  const cronJob = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "x-sweep" } };
  const target = { namespace: "somewhere", context: "kind-shop" };
  assert.equal(
    writeApplyCommand(cronJob, target),
    "kubectl apply --namespace somewhere --context kind-shop --filename - <<'EOF'\n" +
      "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: x-sweep\nEOF",
  );
});

test("a given context is passed to kn", () => {
  const target = { namespace: "shop", context: "kind-shop" };
  const service = parse(writeService(readManifest("currencyservice")));
  for (const command of [
    writeServiceCommand(service, target, "create"),
    writeTriggerCommand(trigger, target, "create"),
  ]) {
    assert.match(command.replaceAll(/ \\\n */g, " "), /--namespace shop --context kind-shop /);
  }
});

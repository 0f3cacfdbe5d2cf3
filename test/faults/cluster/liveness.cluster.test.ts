import { test } from "node:test";
import { skip } from "../../knative/fixtures/cluster.ts";
import { countOf } from "../counts.ts";
import { hangProcess } from "./fixtures/pods.ts";

const hanging = countOf({ full: ["adservice"], short: [] });

for (const name of hanging) {
  test(`the kubelet replaces a process of ${name} whose event loop is blocked`, {
    skip,
  }, async (t) => {
    const startMs = performance.now();
    await hangProcess(name);
    const seconds = Math.round((performance.now() - startMs) / 1000);
    t.diagnostic(`replaced after ${seconds} s, of which 60 s are the grace period of the pod`);
  });
}

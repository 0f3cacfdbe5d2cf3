import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { parse } from "yaml";
import { readManifest } from "#manifest/manifest.ts";
import { writeEventsService, writeService } from "../generate/service.ts";
import { flag, knFlags, writeCommand } from "./kn-flags.ts";

test("a value is quoted so that the shell passes it on unchanged", () => {
  for (const value of ["plain", "a b", "$HOME `id`", 'it\'s "so"', "a\\b", "{.x[?(@.y)]}", ""]) {
    const command = writeCommand("printf '%s\\n'", [flag("--env", `NAME=${value}`)]);
    const seen = execFileSync("sh", ["-ec", command], { encoding: "utf8" });
    assert.equal(seen, `--env\nNAME=${value}\n`);
  }
});

test("a gRPC function's flags name its protocol, its scale and its limits", () => {
  const flags = knFlags(parse(writeService(readManifest("cartservice"))));
  assert.deepEqual(
    flags.filter((each) => !each.startsWith("--env ")),
    [
      "--port h2c:8080",
      "--cluster-local",
      "--label app.kubernetes.io/name=cartservice",
      "--label app.kubernetes.io/part-of=hipster-shop",
      "--scale-min 0",
      "--scale-max 1",
      "--scale-metric concurrency",
      "--scale-target 50",
      "--annotation-revision autoscaling.knative.dev/target-burst-capacity=0",
      "--scale-init 1",
      "--scale-window 60s",
      "--annotation-revision autoscaling.knative.dev/scale-to-zero-pod-retention-period=0s",
      "--timeout 60",
      "--request cpu=50m,memory=64Mi",
      "--limit cpu=1000m,memory=256Mi",
      "--volume v0=emptyDir:v0:size=128Mi",
      "--mount /tmp=v0",
      "--probe-liveness http::8080:/health/liveness",
      "--probe-liveness-opts initialDelaySeconds=30,periodSeconds=10,timeoutSeconds=5,failureThreshold=3",
      "--security-context strict",
      "--wait-window 20",
    ],
  );
  assert.ok(flags.includes("--env CART_TTL=48h"), flags.join("\n"));
});

test("the storefront is public, and HTTP/1.1 Services have an HTTP probe", () => {
  const storefront = knFlags(parse(writeService(readManifest("frontend"))));
  assert.ok(!storefront.includes("--cluster-local"));
  const probe = "--probe-readiness http::8080:/health/readiness";
  assert.ok(storefront.includes(probe));
  const events = knFlags(parse(writeEventsService(readManifest("emailservice"))));
  assert.ok(events.includes("--cluster-local") && events.includes(probe));
});

test("a password is read from its Secret unless that may be missing, and a concurrency limit becomes a flag", () => {
  const service = parse(writeService(readManifest("cartservice")));
  const { spec } = service.spec.template;
  spec.containerConcurrency = 7;
  spec.containers[0].env = [
    { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: "redis", key: "password" } } },
    {
      name: "SESSION_KEY",
      valueFrom: { secretKeyRef: { name: "session", key: "password", optional: true } },
    },
  ];
  const flags = knFlags(service);
  assert.ok(flags.includes("--env-value-from REDIS_PASSWORD=secret:redis:password"));
  assert.doesNotMatch(flags.join(" "), /SESSION_KEY/);
  assert.ok(flags.includes("--concurrency-limit 7"));
});

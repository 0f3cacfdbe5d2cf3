import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readManifests } from "#manifest/manifest.ts";
import { type Endpoint, type Flow, isAllowed } from "./fixtures/evaluate-policies.ts";
import { root } from "./generate/generate.ts";
import { listNetworkPolicies, writeTokenKeysPolicy } from "./generate/network-policies.ts";
import { parseObjects } from "./manifests/render-manifests.ts";

const policies = listNetworkPolicies(readManifests());

const pod = (namespace: string, labels: Record<string, string>): Endpoint => ({
  namespace,
  labels,
});

// The labels of the pods that run a workload of the shop's own files.
function workload(file: string): Endpoint {
  const objects = parseObjects(readFileSync(join(root, file), "utf8"));
  const found = objects.find(({ kind }) => /^(Deployment|StatefulSet|CronJob)$/.test(kind));
  const spec = found?.spec as unknown as Pods & { jobTemplate?: { spec: Pods } };
  return pod("shop", (spec.jobTemplate?.spec ?? spec).template.metadata.labels);
}

interface Pods {
  template: { metadata: { labels: Record<string, string> } };
}

const redis = workload("knative/base/redis/redis.yaml");
const jaeger = workload("observability/jaeger/jaeger.yaml");
const prometheus = workload("observability/prometheus/prometheus.yaml");
const grafana = workload("observability/grafana/grafana.yaml");
const sweep = workload("knative/base/functions/checkoutservice-sweep.yaml");

// Knative sets this label on the pods of a Service.
const service = (name: string) => pod("shop", { "serving.knative.dev/service": name });
const names = readManifests().map(({ name }) => name);
const services = [...names, "checkoutservice-events", "emailservice-events", "hipster-shop"];

// Labels as on the test cluster, and as in the releases of the other gateways.
const activator = pod("knative-serving", { app: "activator", role: "activator" });
const autoscaler = pod("knative-serving", { app: "autoscaler" });
const controller = pod("knative-serving", { app: "controller" });
const kourier = pod("kourier-system", { app: "3scale-kourier-gateway" });
const contour = pod("contour-internal", { app: "envoy" });
const istio = pod("istio-system", { app: "istio-ingressgateway", istio: "ingressgateway" });
const brokerIngress = pod("knative-eventing", { "eventing.knative.dev/brokerRole": "ingress" });
const brokerFilter = pod("knative-eventing", { "eventing.knative.dev/brokerRole": "filter" });
const dispatcher = pod("knative-eventing", {
  "messaging.knative.dev/channel": "in-memory-channel",
  "messaging.knative.dev/role": "dispatcher",
});
const dns = pod("kube-system", { "k8s-app": "kube-dns" });
const apiServer: Endpoint = { ip: "198.18.255.1" };
const mailHost: Endpoint = { ip: "203.0.113.7" };
const stranger = pod("shop", { app: "stranger" });
const foreign = pod("other", { app: "activator", "serving.knative.dev/service": "cartservice" });

const callers = ["frontend", "checkoutservice", "checkoutservice-events", "recommendationservice"];
const redisClients = [
  ...["cartservice", "checkoutservice", "checkoutservice-events", "emailservice"],
  ...["emailservice-events", "paymentservice", "shippingservice"],
];
const brokerClients = ["checkoutservice", "checkoutservice-events"];
const mailClients = ["emailservice", "emailservice-events"];
const openToAll = ["frontend", "hipster-shop"];
const receivers = ["checkoutservice-events", "emailservice-events"];
const allows = (from: Endpoint, to: Endpoint, port: number, protocol: "TCP" | "UDP" = "TCP") =>
  isAllowed(policies, "shop", { from, to, port, protocol });

describe("the network policies allow", () => {
  for (const name of services) {
    const own = service(name);

    test(`${name}: requests from Knative's data plane, by queue-proxy's ports`, () => {
      for (const from of [activator, autoscaler, kourier, contour, istio]) {
        for (const port of [8012, 8013, 8112]) assert.ok(allows(from, own, port), `${port}`);
      }
      assert.ok(allows(autoscaler, own, 9090));
    });

    test(`${name}: Prometheus' scrapes, spans to Jaeger, and DNS`, () => {
      for (const port of [9464, 9091]) assert.ok(allows(prometheus, own, port), `${port}`);
      for (const port of [9411, 4317, 4318]) assert.ok(allows(own, jaeger, port), `${port}`);
      assert.ok(allows(own, dns, 53, "UDP") && allows(own, dns, 53));
      assert.ok(allows(own, { ip: "169.254.20.10" }, 53, "UDP"));
    });

    test(`${name}: only the connections that its manifest names`, () => {
      const expect = (list: readonly string[], to: Endpoint, ...ports: readonly number[]) => {
        for (const port of ports)
          assert.equal(allows(own, to, port), list.includes(name), `${port}`);
      };
      for (const gateway of [kourier, istio]) expect(callers, gateway, 8081);
      expect(callers, contour, 8080);
      expect(redisClients, redis, 6379);
      expect(brokerClients, brokerIngress, 8080);
      expect(mailClients, mailHost, 25, 465, 587);
    });

    test(`${name}: no requests to its pods past queue-proxy, nor from anywhere else`, () => {
      const strangers = [
        stranger,
        foreign,
        redis,
        jaeger,
        grafana,
        sweep,
        ...services.map(service),
      ];
      for (const from of [...strangers, { ip: "203.0.113.9" }]) {
        for (const port of [8012, 8013, 8080, 8022, 9464, 9090, 9091]) {
          assert.equal(allows(from, own, port), false, `${JSON.stringify(from)} ${port}`);
        }
      }
      // Only the kubelet uses queue-proxy's port 8022, which drains an instance.
      for (const from of [activator, autoscaler, kourier, prometheus, brokerFilter]) {
        for (const port of [8080, 8022]) assert.equal(allows(from, own, port), false, `${port}`);
      }
      assert.equal(allows(kourier, own, 9464), false);
    });

    test(`${name}: nothing else outside of the namespace`, () => {
      for (const [to, port] of [
        [apiServer, 6443],
        [mailHost, 443],
        [mailHost, 80],
        [{ ip: "169.254.169.254" }, 80],
        [foreign, 8012],
        [kourier, 9000],
        [activator, 8012],
        [prometheus, 9090],
        [jaeger, 16686],
      ] as const) {
        assert.equal(allows(own, to, port), false, `${JSON.stringify(to)} ${port}`);
      }
    });
  }

  test("events to their receivers alone", () => {
    for (const name of services) {
      for (const from of [brokerFilter, dispatcher]) {
        assert.equal(allows(from, service(name), 8012), receivers.includes(name), name);
      }
    }
  });

  test("the sweep to call checkoutservice by the gateway, and nothing else", () => {
    assert.ok(allows(sweep, kourier, 8081) && allows(sweep, dns, 53, "UDP"));
    for (const to of [redis, jaeger, brokerIngress, service("checkoutservice")]) {
      for (const port of [6379, 9411, 8080, 8012]) assert.equal(allows(sweep, to, port), false);
    }
  });

  test("Redis to be reached by its clients alone, and to reach nothing", () => {
    const others = [stranger, foreign, jaeger, prometheus, grafana, sweep, activator, kourier];
    for (const from of others) assert.equal(allows(from, redis, 6379), false);
    for (const [to, port] of [
      [dns, 53],
      [jaeger, 9411],
      [mailHost, 443],
    ] as const) {
      assert.equal(allows(redis, to, port), false);
    }
  });

  test("Knative's spans to Jaeger, and Grafana's queries", () => {
    for (const from of [activator, autoscaler, controller]) {
      assert.ok(allows(from, jaeger, 4317));
      assert.equal(allows(from, jaeger, 16686), false);
    }
    assert.ok(allows(grafana, jaeger, 16686) && allows(grafana, prometheus, 9090));
    for (const from of [stranger, foreign, brokerFilter]) {
      for (const port of [9411, 4317, 16686]) assert.equal(allows(from, jaeger, port), false);
      assert.equal(allows(from, prometheus, 9090), false);
      assert.equal(allows(from, grafana, 3000), false);
    }
  });

  test("Prometheus to discover pods and to scrape Knative's components", () => {
    assert.ok(allows(prometheus, apiServer, 6443) && allows(prometheus, { ip: "fd00::1" }, 443));
    for (const to of [activator, autoscaler, controller]) assert.ok(allows(prometheus, to, 9090));
    assert.equal(allows(prometheus, redis, 6379), false);
    assert.equal(allows(grafana, apiServer, 6443), false);
  });

  test("functions that verify callers to fetch the cluster's keys with the overlay auth", () => {
    const withKeys = [...policies, writeTokenKeysPolicy(readManifests())];
    for (const name of services) {
      const flow: Flow = { from: service(name), to: apiServer, port: 6443 };
      assert.equal(isAllowed(policies, "shop", flow), false);
      assert.equal(isAllowed(withKeys, "shop", flow), !openToAll.includes(name), name);
      assert.equal(isAllowed(withKeys, "shop", { ...flow, port: 80 }), false);
    }
    for (const from of [redis, jaeger, sweep, stranger]) {
      assert.equal(isAllowed(withKeys, "shop", { from, to: apiServer, port: 6443 }), false);
    }
  });
});

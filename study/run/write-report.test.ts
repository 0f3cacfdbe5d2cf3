import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { formatMs } from "#measure/format.ts";
import { ConfigError } from "#runtime/environment.ts";
import { findRunFolders, RunFolder } from "../records/run-folder.ts";
import { formatEstimate } from "../report/format-summary.ts";
import { writeReport } from "../report/write-report.ts";
import { type FixtureOptions, writeFixtureRun } from "./fixtures/write-fixture-run.ts";

test("a report contains every condition's figures", async (t) => {
  const { path, text } = await writeFixtureReport(t, {
    experiments: ["one-function-cold", "policy-sweep"],
  });
  const shown = plainTextOf(text);
  for (const folder of findRunFolders(path)) {
    const { conditions, title } = folder.readSummary();
    assert.ok(shown.includes(title));
    for (const { condition, steps, podSeconds, samples } of conditions) {
      const [step] = steps;
      assert.ok(step?.latencyMs && podSeconds && samples === 3);
      const { median, p90, p95, p99, tailToMedian } = step.latencyMs;
      const figures = [
        `${step.n} ${step.cold} ${step.failed} ${samples}`,
        formatEstimate(median, formatMs),
        ...[p90, p95, p99].map(({ value }) => formatMs(value)),
        tailToMedian.value.toFixed(2),
        formatEstimate(podSeconds, (value) => value.toFixed(1)),
      ];
      const row = shown
        .split("\n")
        .find((line) => figures.every((figure) => line.includes(figure)));
      assert.ok(row?.startsWith(condition), `${condition}: ${figures.join(" | ")}`);
    }
  }
});

test("a condition is compared with its reference with an interval, or shows no difference", async (t) => {
  const { path, text } = await writeFixtureReport(t, { experiments: ["one-function-cold"] });
  const shown = plainTextOf(text);
  const { conditions } = new RunFolder(join(path, "one-function-cold")).readSummary();
  const ratios = conditions.flatMap(({ steps }) => steps[0]?.versusReference?.ratio ?? []);
  assert.equal(ratios.length, 3);
  assert.match(shown, /floor is the reference: median \d+ ms/);
  assert.match(shown, /baseline is slower than floor: \d\.\d\dx \(95 % interval \d\.\d\dx to /);
  assert.match(shown, /warm is faster than floor: 0\.0\d\dx \(95 % interval 0\.0\d\dx to /);
});

test("plots are well-formed SVG, each with a sentence, a table and its own name", async (t) => {
  const { text } = await writeFixtureReport(t, { experiments: ["checkout-from-zero"] });
  const figures = text.split('<figure class="figure"').slice(1);
  const titles = figures.map((figure) => /<h3 id="([^"]+)"/.exec(figure)?.[1]);
  assert.deepEqual(
    titles,
    [
      "latency",
      "phases",
      "chain-phases",
      "functions",
      "critical-path",
      "price-median",
      "price-p95",
      "replicas",
    ].map((name) => `checkout-from-zero-${name}`),
  );
  for (const figure of figures) {
    assert.match(figure, /<\/h3>\n<p>[A-Z][^<]{20,}\.<\/p>/);
    assert.match(figure, /<tbody><tr><th scope="row"/);
    const images = [...figure.matchAll(/<svg [^>]*role="img"[^>]*>.*?<\/svg>/gs)];
    assert.equal(images.length, 2);
    for (const [svg] of images) {
      assert.deepEqual(findUnclosed(svg), []);
      assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
    }
  }
});

test("a report loads nothing and has no script", async (t) => {
  const { text } = await writeFixtureReport(t, { experiments: ["home-from-zero"] });
  assert.doesNotMatch(text, /<(script|link|img|iframe|object)\b/);
  assert.doesNotMatch(text, /(?:src|href)="(?!#)/);
  assert.doesNotMatch(text, /@import|url\((?!#hatch\))/);
});

test("texts of an experiment are escaped in the page and in its plots", async (t) => {
  const { text } = await writeFixtureReport(t, {
    experiments: ["one-function-cold"],
    change: (run) => {
      const rename = (name: string) => `<b>${name}&"`;
      const { experiment, plan } = run;
      return {
        ...run,
        warnings: ["<script>alert(1)</script>"],
        plan: plan.map((each) => ({ ...each, condition: rename(each.condition) })),
        experiment: {
          ...experiment,
          title: "a < b & c",
          reference: rename("floor"),
          conditions: experiment.conditions.map((each) => ({ ...each, name: rename(each.name) })),
        },
      };
    },
  });
  assert.doesNotMatch(text, /<b>|<script/);
  assert.match(text, /<h2 id="one-function-cold">a &lt; b &amp; c<\/h2>/);
  assert.match(text, /<li>&lt;script&gt;alert\(1\)&lt;\/script&gt;<\/li>/);
  assert.match(text, /<text [^>]*>&lt;b&gt;floor&amp;/);
});

test("a report names the kind of platform, and results of two kinds are refused", async (t) => {
  const knative = await writeFixtureReport(t, { experiments: ["home-from-zero"] });
  assert.match(knative.text, /<strong>Measured on Knative\.<\/strong>/);
  assert.match(knative.text, /pod-seconds/);
  const local = await writeFixtureReport(t, { kind: "local", experiments: ["home-from-zero"] });
  assert.match(local.text, /<strong>Measured on the local emulation, not on a cluster\.<\/strong>/);
  assert.doesNotMatch(local.text, /pod-seconds/);
  const more = { repetitions: 1, experiments: ["one-function-cold"] };
  writeFixtureRun(knative.path, { kind: "local", ...more });
  await assert.rejects(writeReport(knative.path), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.message, /contains results of knative and local: a report has only one/);
    return true;
  });
});

test("a report lists warnings, rejected samples and conditions that were not measured", async (t) => {
  const { text } = await writeFixtureReport(t, {
    kind: "local",
    experiments: ["one-function-cold", "home-from-zero"],
    repetitions: 8,
    change: (run) =>
      run.experiment.name === "home-from-zero" ? { ...run, warnings: ["the CPU was busy"] } : run,
  });
  const shown = plainTextOf(text);
  assert.match(shown, /The run has warnings\./);
  assert.match(shown, /the CPU was busy \(The home page, with all functions at zero\)/);
  assert.match(shown, /\d+ under (off|graph|predict): an instance ran right before the sample/);
  assert.match(shown, /Not measured: floor: /);
});

test("the report of a run without samples states that", async (t) => {
  const path = makeFolder(t);
  writeFixtureRun(path, { kind: "knative", experiments: ["home-from-zero"], repetitions: 1 });
  const folder = new RunFolder(join(path, "home-from-zero"));
  folder.create({ ...folder.readRun(), platform: null });
  const text = plainTextOf(readFileSync(await writeReport(path), "utf8"));
  assert.match(text, /No sample was kept: there is nothing to show\./);
  assert.match(text, /Platform: never reached/);
});

test("steps without a total are shown together", async (t) => {
  const { text } = await writeFixtureReport(t, {
    experiments: ["storefront-day"],
    repetitions: 1,
  });
  assert.match(plainTextOf(text), /the step is all 3 steps/);
});

async function writeFixtureReport(
  t: TestContext,
  options: Partial<FixtureOptions> & Pick<FixtureOptions, "experiments">,
): Promise<{ path: string; text: string }> {
  const path = makeFolder(t);
  writeFixtureRun(path, { kind: "knative", repetitions: 3, ...options });
  return { path, text: readFileSync(await writeReport(path), "utf8") };
}

function makeFolder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "report-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** The readable text, a line for each row of a table. */
function plainTextOf(text: string): string {
  return text
    .slice(text.indexOf("<body>"))
    .replaceAll(/<svg .*?<\/svg>/gs, "")
    .replaceAll("\n[", " [")
    .replaceAll("/\n", "/")
    .replaceAll("</dt>", ": ")
    .replaceAll(/<\/(?:tr|p|li|h\d|dd)>/g, "\n")
    .replaceAll(/<\/t[hd]>/g, " ")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll("&amp;", "&");
}

/** Elements whose end tag is missing or misplaced. */
function findUnclosed(svg: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name = "", rest = ""] of svg.matchAll(/<(\/?)([a-zA-Z]+)([^<>]*)>/g)) {
    if (end === "/") {
      if (open.pop() !== name) wrong.push(name);
    } else if (!rest.endsWith("/")) open.push(name);
  }
  return [...wrong, ...open];
}

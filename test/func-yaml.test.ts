import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { ValidateFunction } from "ajv";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");

// func's own schema (schema/func_yaml-schema.json of knative/func) is not part of this repository.
const schemaFile = process.env.FUNC_SCHEMA;
const skip = schemaFile ? false : "set FUNC_SCHEMA to func's func_yaml-schema.json to run this";
const validate = schemaFile ? compileSchema(schemaFile) : undefined;

const manifests = [
  "func.yaml",
  ...readdirSync(join(root, "functions")).map((name) => join("functions", name, "func.yaml")),
];

describe("func.yaml", () => {
  for (const file of manifests) {
    test(`${file} is valid against func's schema`, { skip }, () => {
      assert.ok(validate?.(readManifest(file)), JSON.stringify(validate?.errors, null, 2));
    });

    test(`${file} has the time of its creation, without which func refuses to deploy`, () => {
      assert.ok(Date.parse(readManifest(file).created) > 0);
    });
  }

  test("the schema refuses a key that func does not know", { skip }, () => {
    assert.equal(validate?.({ ...readManifest("func.yaml"), port: 8080 }), false);
  });

  test("a function's name is that of its folder", () => {
    for (const file of manifests.slice(1)) {
      assert.equal(readManifest(file).name, file.split("/")[1]);
    }
  });

  test("callees are functions of the shop, addressed by their names", () => {
    const names = manifests.slice(1).map((file) => file.split("/")[1] ?? "");
    for (const file of manifests.slice(1)) {
      for (const { name, value } of readManifest(file).run?.envs ?? []) {
        if (!name.endsWith("_SERVICE_ADDR")) continue;
        const [callee = ""] = value.split(".");
        assert.ok(names.includes(callee), `${file}: ${name} names ${value}`);
        assert.equal(name, variableOf(callee), `${file}: ${value}`);
      }
    }
  });
});

function compileSchema(file: string): ValidateFunction {
  const ajv = new Ajv.default({ allErrors: true, strict: false });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(file, "utf8")));
}

interface Manifest {
  name: string;
  created: string;
  run?: { envs?: { name: string; value: string }[] };
}

function readManifest(file: string): Manifest {
  return parse(readFileSync(join(root, file), "utf8"));
}

// Online Boutique's names: productcatalogservice is PRODUCT_CATALOG_SERVICE_ADDR.
function variableOf(callee: string): string {
  const words = callee.replace(/service$/, "").replace("productcatalog", "product_catalog");
  return `${words.toUpperCase()}_SERVICE_ADDR`;
}

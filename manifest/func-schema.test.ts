import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { functionsFolder, listFunctions } from "./manifest.ts";

// func's own schema (schema/func_yaml-schema.json of knative/func) is not part of this repository.
const schemaFile = process.env.FUNC_SCHEMA;
const skip = schemaFile ? false : "set FUNC_SCHEMA to func's func_yaml-schema.json to run this";

describe("func's schema", { skip }, () => {
  const ajv = new Ajv.default({ allErrors: true, strict: false });
  addFormats.default(ajv);
  const validate = ajv.compile(schemaFile ? JSON.parse(readFileSync(schemaFile, "utf8")) : {});

  for (const name of ["..", ...listFunctions()]) {
    const file = join("functions", name, "func.yaml");
    test(`accepts ${file} and rejects an unknown key`, () => {
      const text = readFileSync(join(functionsFolder, "..", file), "utf8");
      const document: Record<string, unknown> = parse(text);
      assert.ok(validate(document), JSON.stringify(validate.errors, null, 2));
      assert.equal(validate({ ...document, port: 8080 }), false);
    });
  }
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { functionsFolder } from "../bundle/bundle-functions.ts";

/** What the Knative manifests take from a function's func.yaml (func's schema, function.go). */
export interface FuncYaml {
  /** The function's and the Service's name. */
  name: string;
  /** What runs beside the code. */
  run?: {
    /** Variables; those of callees are the call graph. */
    envs?: { name: string; value: string }[];
    /** Folders that the function may write to. */
    volumes?: { emptyDir: object; path: string }[];
  };
  /** How it is run. */
  deploy: {
    options: {
      scale: { min: number; max: number; metric: string; target: number };
      resources: {
        requests: { cpu: string; memory: string };
        limits: { cpu: string; memory: string; concurrency: number };
      };
    };
    /** The events that are delivered to it. */
    subscriptions?: { source: string; filters: Record<string, string> }[];
  };
}

/** Reads the func.yaml of a function. */
export function readFuncYaml(name: string): FuncYaml {
  return parse(readFileSync(join(functionsFolder, name, "func.yaml"), "utf8"));
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { describeBuildFailure, ImageBuildError } from "./image-error.ts";

test("a failed push is one line: the image, the builder's last line, how to fix it", () => {
  const error = new ImageBuildError(
    "adservice: buildah push of localhost:5999/adservice:x failed with exit code 125\n" +
      "Getting image source signatures\n" +
      'Error: pushing image "localhost:5999/adservice:x": connect: connection refused',
  );
  const line = describeBuildFailure(error);
  assert.match(
    line,
    /^adservice: buildah push of .*: Error: .*connection refused\. Check --registry/,
  );
  assert.doesNotMatch(line, /\n/);
});

test("a failed build keeps the builder's lines and names the flags for other registries", () => {
  const error = new ImageBuildError("adservice: docker build of x failed\nstep 3\nno space left");
  assert.match(
    describeBuildFailure(error),
    /step 3\nno space left\nFix the error above \(--node-image/,
  );
});

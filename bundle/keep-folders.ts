import { readFile } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import type { Plugin } from "esbuild";

// Not in a text of the bundler itself.
const expression = /(?<!["`])\bimport\.meta\.dirname\b(?!["`])/;

/**
 * Creates a plugin by which `import.meta.dirname` of each source file is still its own folder, for a bundle that is
 * used only in the checkout that contains it.
 *
 * @param outfile the absolute path of the bundle
 */
export function createKeepFolders(outfile: string): Plugin {
  return {
    name: "keep-folders",
    setup(build) {
      build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const text = await readFile(path, "utf8");
        if (!expression.test(text)) return undefined;
        const folder = relative(dirname(outfile), dirname(path)).split(sep).join("/");
        const contents = text.replaceAll(
          new RegExp(expression, "g"),
          `require("node:path").join(__dirname, ${JSON.stringify(folder)})`,
        );
        return { contents, loader: "ts" };
      });
    },
  };
}

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

// Runs once per build, so it uses the highest levels; brotli's is its default.
const encoders = {
  ".br": promisify(brotliCompress),
  ".gz": (bytes: Buffer) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
} as const;

/**
 * Writes variants of all files of a folder next to them, in brotli (`base.css.br`) and gzip
 * (`base.css.gz`), if they are smaller than the file.
 */
export async function compressFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(paths.map(compressFile));
}

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  for (const [extension, encode] of Object.entries(encoders)) {
    const packed = await encode(bytes);
    if (packed.length < bytes.length) await writeFile(path + extension, packed);
  }
}

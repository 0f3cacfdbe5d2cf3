const file = /^\/static\/[\w-]+(?:[./][\w-]+)*$/;

/**
 * Whether requests for a path are not traced: those for files and health checks. A path with dot segments,
 * of which the URL parser makes that of a page, is traced.
 */
export function isUntraced(path: string): boolean {
  return file.test(path) || path === "/robots.txt" || path === "/_healthz";
}

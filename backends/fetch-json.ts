/** Reads JSON from a URL; undefined for status 404. Rejects if the URL cannot be read. */
export type FetchJson = (url: string) => Promise<unknown>;

/** Reads JSON over HTTP within 10 seconds. */
export const fetchJson: FetchJson = async (url) => {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`it responded with status ${response.status}`);
  return response.json();
};

import { request } from "node:http";
import type { LivenessProbe } from "#manifest/liveness-probe.ts";

// A timer that is this late was delayed by a pause of the platform itself: the probe says nothing about the
// function.
const maxTimerDelayMs = 1000;
const paused = "the platform was paused";

/**
 * Probes an instance as the kubelet does, each time with a new connection, which does not count as a use of
 * the function.
 *
 * @param port its port on 127.0.0.1
 * @param onHang called once with the reason, such as `it failed 3 liveness probes in a row: ...`
 * @returns a function that ends the probes
 */
export function watchLiveness(
  port: number,
  probe: LivenessProbe,
  onHang: (reason: string) => void,
): () => void {
  const { periodSeconds, failureThreshold } = probe;
  let failures = 0;
  const timer = setInterval(async () => {
    const failure = await sendProbe(port, probe);
    if (failure === paused) return;
    failures = failure === undefined ? 0 : failures + 1;
    if (failures < failureThreshold) return;
    clearInterval(timer);
    onHang(`it failed ${failures} liveness probes in a row: ${failure}`);
  }, periodSeconds * 1000);
  return () => clearInterval(timer);
}

/** Resolves with the reason why a probe failed; undefined if it did not. */
function sendProbe(port: number, { path, timeoutSeconds }: LivenessProbe) {
  const startMs = performance.now();
  return new Promise<string | undefined>((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      end(response.statusCode === 200 ? undefined : `it answered HTTP ${response.statusCode}`);
    });
    const timer = setTimeout(() => {
      const isLate = performance.now() - startMs > timeoutSeconds * 1000 + maxTimerDelayMs;
      end(isLate ? paused : `no answer within ${timeoutSeconds} s`);
    }, timeoutSeconds * 1000);
    const end = (failure: string | undefined) => {
      clearTimeout(timer);
      resolve(failure);
      sent.destroy();
    };
    sent.on("error", (error) => end(error.message)).end();
  });
}

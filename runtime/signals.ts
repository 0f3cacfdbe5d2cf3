// The first import of each function's `index.ts`. As PID 1 of a container a process ignores signals
// without a handler, so a pod that is deleted during its boot would stay for its whole grace
// period. Nothing is in flight before the port listens: until then a signal exits 0 at once.
let onSignal = (): void => process.exit(0);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => onSignal());
// The local platform has ended, for whatever reason: nothing else would stop this process.
process.on("disconnect", () => onSignal());

/** Replaces the handler of SIGTERM, SIGINT and the end of the local platform. */
export function handleSignals(handler: () => void): void {
  onSignal = handler;
  // The platform may have ended before this module was loaded.
  if (process.send && !process.connected) handler();
}

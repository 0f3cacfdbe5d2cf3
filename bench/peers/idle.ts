// A bare process that waits: nothing is imported.
process.send?.({ type: "ready" });
process.on("disconnect", () => process.exit(0));

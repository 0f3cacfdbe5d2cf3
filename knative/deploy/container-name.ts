/** Knative's name for a function's own container; beside it runs queue-proxy. */
export const userContainer = "user-container";

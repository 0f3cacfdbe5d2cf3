/**
 * How brokers deliver an event to a subscriber: the local one, and Knative's by its Triggers. All retries
 * together take 8.5 minutes: longer than emailservice's reservation of a mail, which a killed process
 * leaves behind, and than most restarts of a mail server. The pauses grow, so a short failure causes a short
 * delay.
 */
export const deliveryPolicy = {
  /** The number of attempts after the first. */
  retry: 10,
  /** Milliseconds before the first retry; each later pause is twice as long (exponential back-off). */
  backoffDelayMs: 500,
} as const;

/** The pause before each retry, in milliseconds. */
export const retryPausesMs: readonly number[] = Array.from(
  { length: deliveryPolicy.retry },
  (_, attempt) => deliveryPolicy.backoffDelayMs * 2 ** attempt,
);

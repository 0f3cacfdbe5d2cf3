import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { httpStatusOf, StatusError } from "#runtime/status.ts";

/** What an error page says. */
export interface Failure {
  /** The HTTP status. */
  readonly status: ContentfulStatusCode;
  /** A sentence for the visitor, without anything about the shop's insides. */
  readonly sentence: string;
}

/**
 * Turns whatever a route threw into what its error page says. The message of a StatusError is not
 * shown: it is for operators, and may be grpc-js's or a proxy's.
 */
export function explainFailure(error: unknown): Failure {
  if (error instanceof HTTPException) {
    const status = error.status as ContentfulStatusCode;
    return { status, sentence: error.message || sentenceOf(status) };
  }
  const status = error instanceof StatusError ? statusOf(error) : 500;
  return { status, sentence: sentenceOf(status) };
}

// 499 is for a visitor who has left. This one waits, so the dependency gave up.
function statusOf({ code }: StatusError): ContentfulStatusCode {
  return (code === "CANCELLED" ? 503 : httpStatusOf(code)) as ContentfulStatusCode;
}

function sentenceOf(status: number): string {
  return sentences[status] ?? (status < 500 ? (sentences[400] ?? "") : (sentences[500] ?? ""));
}

const sentences: Readonly<Record<number, string>> = {
  400: "The shop could not make sense of that request.",
  404: "There is nothing at this address. It may have been sold out, or never been here.",
  429: "That was a little too much at once. Please try again in a moment.",
  500: "Something went wrong on our side. Your cart is safe; please try again.",
  503: "A part of the shop is not answering right now. Your cart is safe; please try again in a moment.",
  504: "The shop took too long to answer. Your cart is safe; please try again in a moment.",
};

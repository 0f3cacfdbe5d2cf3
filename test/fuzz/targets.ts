import type { Target } from "./target.ts";
import { callsTarget, messagesTarget } from "./targets/calls.ts";
import { eventsTarget } from "./targets/events.ts";
import { formsTarget, pagesTarget } from "./targets/forms.ts";
import { framesTarget } from "./targets/grpc-frames.ts";
import { httpTarget } from "./targets/http.ts";
import { spansTarget } from "./targets/spans.ts";
import { experimentsTarget, faultsTarget, manifestsTarget } from "./targets/texts.ts";
import { traceHeadersTarget } from "./targets/trace-headers.ts";

/** All targets. */
export const targets: readonly Target[] = [
  ...[
    httpTarget,
    framesTarget,
    callsTarget,
    messagesTarget,
    eventsTarget,
    formsTarget,
    pagesTarget,
  ],
  ...[traceHeadersTarget, spansTarget, experimentsTarget, manifestsTarget, faultsTarget],
];

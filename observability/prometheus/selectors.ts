/** Label matcher of RPCs that ended with an error of the server (OpenTelemetry's table of gRPC codes). */
export const failedRpcs = 'grpc_code=~"UNKNOWN|DEADLINE_EXCEEDED|INTERNAL|UNAVAILABLE|DATA_LOSS"';

/**
 * Label matcher of RPCs whose caller waited for the answer. One whose caller has left tells nothing about
 * the server: it is neither good nor bad, and its duration is that of the caller's patience.
 */
export const awaitedRpcs = 'grpc_code!="CANCELLED"';

/** As `awaitedRpcs`, of HTTP requests. */
export const awaitedRequests = 'http_response_status_code!="499"';

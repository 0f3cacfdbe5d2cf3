/** The gRPC method of peers that makes a peer do its work, if it has any. */
export const echoPath = "/bench.EchoService/Echo";

/** The health check, which functions and peers answer without any work. */
export const checkPath = "/grpc.health.v1.Health/Check";

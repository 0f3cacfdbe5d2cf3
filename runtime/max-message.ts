/**
 * The maximum size of a request message in bytes, by gRPC and as an event. One with 10,000 of the shop's products
 * has less than half of it. grpc-js reads a message before the call is counted and its caller is known: with its
 * default of 4 MiB, the 200 streams of one connection could exceed the memory of a pod.
 */
export const maxMessageBytes = 512 * 1024;

import { type Histogram, histogram, type MeasuredIn, type MetricOptions } from "./metrics.ts";

/** Records how long one call of a method took, by the name of the code that it ended with. */
export type ObserveRpc = (code: string, seconds: number, measuredIn: MeasuredIn) => void;

/**
 * Defines a histogram of RPC durations and answers how to get the recorder of one method. Labels are
 * looked up once per method and code, since this is on the way of every call.
 */
export function defineRpcDuration(
  options: Pick<MetricOptions, "name" | "help">,
): (service: string, method: string) => ObserveRpc {
  const duration = histogram({ ...options, labels: ["rpc_service", "rpc_method", "grpc_code"] });
  return (service, method) => {
    const children = new Map<string, ReturnType<Histogram["child"]>>();
    return (code, seconds, measuredIn) => {
      let child = children.get(code);
      if (!child) {
        child = duration.child({ rpc_service: service, rpc_method: method, grpc_code: code });
        children.set(code, child);
      }
      child.observe(seconds, measuredIn);
    };
  };
}

import { SendOrderConfirmationRequest } from "./gen/hipstershop.ts";
import { WakeRequest } from "./gen/prewarm.ts";

/**
 * A type of CloudEvent that the shop publishes. The `source` attribute of each event is `/NAME`, where
 * NAME is the function that publishes it. Source and `id` together identify the event.
 */
export interface EventDefinition<Data> {
  /** The `type` attribute: a reversed domain name that ends in the version of the data. */
  readonly type: string;
  /** Converts the data to and from protobuf's JSON form, in which it is sent (application/json). */
  readonly data: {
    /** Converts the data to protobuf's JSON form. */
    toJSON(message: Data): unknown;
    /** Converts the JSON form back; a missing field gets its default. */
    fromJSON(json: object): Data;
  };
}

/** An order was placed. The `id` and the `subject` are the order id. */
export const orderPlaced: EventDefinition<SendOrderConfirmationRequest> = {
  type: "com.hipstershop.order.placed.v1",
  data: SendOrderConfirmationRequest,
};

/** An order-placed event is likely to follow: its receivers warm up. The `id` is random. */
export const prewarm: EventDefinition<WakeRequest> = {
  type: "com.hipstershop.prewarm.v1",
  data: WakeRequest,
};

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, test } from "node:test";
import type { ShopClients } from "../fixtures/clients.ts";
import { address, card, usd } from "./values.ts";

/** What the ids that a caller creates mean: each is charged, refunded, shipped and cancelled once. */
export function onceSuite(shop: () => ShopClients): void {
  const amount = usd(28n, 980_000_000);
  const other = usd(28n, 990_000_000);
  const charge = (transactionId: string, change: object = {}) =>
    shop().payment.charge({ amount, creditCard: card, transactionId, ...change });
  const refund = (transactionId: string, refunded = amount) =>
    shop().payment.refund({ transactionId, amount: refunded });
  const ship = (shipmentId: string, change: object = {}) =>
    shop().shipping.shipOrder({ address, items: [], shipmentId, ...change });
  const cancel = (shipmentId: string) => shop().shipping.cancelShipment({ shipmentId });
  const times = <T>(count: number, call: () => Promise<T>) =>
    Promise.all(Array.from({ length: count }, call));

  describe("PaymentService with a transaction id", () => {
    test("answers repeated and simultaneous charges of an id with that id", async () => {
      const id = randomUUID();
      const responses = await times(20, () => charge(id));
      responses.push(await charge(id.toUpperCase()));
      for (const response of responses) assert.deepEqual(response, { transactionId: id });
    });

    test("refuses another amount with FAILED_PRECONDITION", async () => {
      const id = randomUUID();
      await charge(id);
      await assert.rejects(charge(id, { amount: other }), { code: "FAILED_PRECONDITION" });
      await assert.rejects(refund(id, other), { code: "FAILED_PRECONDITION" });
      await refund(id);
      await assert.rejects(refund(id, other), { code: "FAILED_PRECONDITION" });
    });

    test("a refused card does not use the id up", async () => {
      const id = randomUUID();
      const creditCard = { ...card, creditCardNumber: "4432801561520455" };
      await assert.rejects(charge(id, { creditCard }), { code: "INVALID_ARGUMENT" });
      assert.deepEqual(await charge(id), { transactionId: id });
    });

    test("answers repeated and simultaneous refunds with the same id, and aborts charges", async () => {
      const id = randomUUID();
      await charge(id);
      const [first, ...more] = await times(20, () => refund(id));
      assert.notEqual(first?.refundId, "");
      for (const response of more) assert.deepEqual(response, first);
      await assert.rejects(charge(id), { code: "ABORTED" });
    });

    test("a refund before the charge refunds nothing, and aborts the charge", async () => {
      const id = randomUUID();
      assert.deepEqual(await refund(id), { refundId: "" });
      await assert.rejects(charge(id), { code: "ABORTED" });
      await assert.rejects(charge(id, { amount: other }), { code: "ABORTED" });
      assert.deepEqual(await refund(id), { refundId: "" });
    });

    test("refuses an id that is not a UUID", async () => {
      for (const id of ["", "42", `${randomUUID()}0`]) {
        await assert.rejects(charge(id), { code: "INVALID_ARGUMENT", message: /transaction_id/ });
        await assert.rejects(refund(id), { code: "INVALID_ARGUMENT", message: /transaction_id/ });
      }
    });
  });

  describe("ShippingService with a shipment id", () => {
    test("answers repeated and simultaneous calls with the same tracking id", async () => {
      const id = randomUUID();
      const [first, ...more] = await times(20, () => ship(id));
      assert.match(first?.trackingId ?? "", /^[A-Y]{2}-\d{5}-\d{9}$/);
      more.push(await ship(id.toUpperCase()));
      for (const response of more) assert.deepEqual(response, first);
      assert.notDeepEqual(await ship(randomUUID()), first);
    });

    test("cancels a shipment, and aborts a later one", async () => {
      const id = randomUUID();
      await ship(id);
      for (const response of await times(20, () => cancel(id))) {
        assert.deepEqual(response, { wasShipped: true });
      }
      await assert.rejects(ship(id), { code: "ABORTED" });
    });

    test("a cancellation before the shipment aborts it", async () => {
      const id = randomUUID();
      assert.deepEqual(await cancel(id), { wasShipped: false });
      await assert.rejects(ship(id), { code: "ABORTED" });
      assert.deepEqual(await cancel(id), { wasShipped: false });
    });

    test("an invalid address does not use the id up", async () => {
      const id = randomUUID();
      await assert.rejects(ship(id, { address: undefined }), { code: "INVALID_ARGUMENT" });
      await ship(id);
    });

    test("refuses an id that is not a UUID", async () => {
      for (const id of ["", "42"]) {
        await assert.rejects(ship(id), { code: "INVALID_ARGUMENT", message: /shipment_id/ });
        await assert.rejects(cancel(id), { code: "INVALID_ARGUMENT", message: /shipment_id/ });
      }
    });
  });
}

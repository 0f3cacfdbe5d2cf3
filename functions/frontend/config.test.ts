import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ConfigError } from "#runtime/environment.ts";
import { readConfig } from "./config.ts";

const env = {
  PRODUCT_CATALOG_SERVICE_ADDR: "catalog:3550",
  CURRENCY_SERVICE_ADDR: "currency:7000",
  CART_SERVICE_ADDR: "cart:7070",
  RECOMMENDATION_SERVICE_ADDR: "recommendation:8082",
  SHIPPING_SERVICE_ADDR: "shipping:50052",
  CHECKOUT_SERVICE_ADDR: "checkout:5050",
  AD_SERVICE_ADDR: "ad:9555",
};

describe("readConfig", () => {
  it("reads the addresses; by default, sessions are separate and there is no message", () => {
    const config = readConfig(env);
    assert.equal(config.addresses.checkoutservice, "checkout:5050");
    assert.equal(config.hasSharedSession, false);
    assert.equal(config.message, undefined);
  });

  it("reads the options", () => {
    const config = readConfig({
      ...env,
      ENABLE_SINGLE_SHARED_SESSION: "true",
      FRONTEND_MESSAGE: "Hi",
    });
    assert.equal(config.hasSharedSession, true);
    assert.equal(config.message, "Hi");
  });

  it("reads the keys of session cookies", () => {
    const [one, two] = ["a".repeat(32), "b".repeat(40)];
    assert.equal(readConfig(env).sessionKeys, undefined);
    assert.deepEqual(readConfig({ ...env, SESSION_KEY: one }).sessionKeys, [one]);
    assert.deepEqual(readConfig({ ...env, SESSION_KEY: `${two},${one}` }).sessionKeys, [two, one]);
    assert.throws(
      () => readConfig({ ...env, SESSION_KEY: "short" }),
      /SESSION_KEY has a key of 5 /,
    );
  });

  it("reports every variable that is missing or invalid", () => {
    const wrong = { ...env, CART_SERVICE_ADDR: "", AD_SERVICE_ADDR: "http://ad" };
    assert.throws(
      () => readConfig(wrong),
      (error) =>
        error instanceof ConfigError &&
        /CART_SERVICE_ADDR is not set/.test(error.message) &&
        /AD_SERVICE_ADDR is "http:\/\/ad"/.test(error.message),
    );
  });
});

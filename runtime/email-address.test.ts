import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isEmailAddress, maxEmailAddressLength } from "./email-address.ts";

const longest = `${"a".repeat(64)}@${`${"b".repeat(63)}.`.repeat(2)}${"c".repeat(58)}.de`;

const accepted = [
  "me@example.com",
  "first.last+tag@sub.example.co.uk",
  "!#$%&'*+/=?^_`{|}~-@example.com",
  "0@1.example",
  "ME@EXAMPLE.COM",
  "me@a-b--c.example",
  "me@xn--bro-hoa.example",
  `${"a".repeat(64)}@example.com`,
  `me@${"a".repeat(63)}.example`,
  longest,
];

const refused: [address: string, why: string][] = [
  ["", "empty"],
  ["me", "no domain"],
  ["@example.com", "no local part"],
  ["me@", "no domain"],
  ["me@localhost", "one label"],
  ["me@exa_mple.com", "underscore in the domain"],
  ["me@-example.com", "label starts with a hyphen"],
  ["me@example-.com", "label ends with a hyphen"],
  ["me@example..com", "empty label"],
  ["me@example.com.", "empty last label"],
  ["me@.example.com", "empty first label"],
  ["me@127.0.0.1", "a number as the last label"],
  ["me@[127.0.0.1]", "address literal"],
  ["me@@example.com", "two at signs"],
  ["a@b@example.com", "two at signs"],
  [".me@example.com", "dot at the start"],
  ["me.@example.com", "dot at the end"],
  ["m..e@example.com", "two dots"],
  ['"me"@example.com', "quoted local part"],
  ["me(comment)@example.com", "comment"],
  ["Me <me@example.com>", "name and address"],
  ["me@example.com,you@example.com", "two addresses"],
  ["me;you@example.com", "address list syntax"],
  ["team:me@example.com;", "group"],
  ["me\\@example.com", "backslash"],
  ["me @example.com", "blank"],
  [" me@example.com", "blank at the start"],
  ["me@example.com\n", "line break at the end"],
  ["me@example.com\r\nBcc: you@example.com", "header injection"],
  ["me\u0000@example.com", "control character"],
  ["me\u007f@example.com", "DEL"],
  ["me\u00a0@example.com", "no-break space"],
  ["jürgen@example.com", "not ASCII before the at sign"],
  ["me@büro.example", "internationalized domain in Unicode"],
  ["me@example。com", "ideographic full stop"],
  [`${"a".repeat(65)}@example.com`, "local part of 65"],
  [`me@${"a".repeat(64)}.example`, "label of 64"],
  [`a${longest}`, "local part of 65, whole of 255"],
  [longest.replace(".de", "d.de"), "whole of 255"],
];

describe("an e-mail address", () => {
  for (const address of accepted) {
    test(`is ${JSON.stringify(address.slice(0, 40))}`, () => {
      assert.equal(isEmailAddress(address), true);
    });
  }
  for (const [address, why] of refused) {
    test(`is not ${JSON.stringify(address.slice(0, 40))}: ${why}`, () => {
      assert.equal(isEmailAddress(address), false);
    });
  }

  test("has at most 254 characters", () => {
    assert.equal(maxEmailAddressLength, 254);
    assert.equal(longest.length, maxEmailAddressLength);
  });

  test("is checked in linear time", () => {
    const startMs = performance.now();
    for (const evil of [`${"a.".repeat(127)}@`, `a@${"a-".repeat(126)}`, `a@${"1.".repeat(126)}`]) {
      assert.equal(isEmailAddress(evil), false);
    }
    assert.ok(performance.now() - startMs < 2000);
  });
});

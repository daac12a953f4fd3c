import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "../../../src/domain/evidence/canonicalJson.ts";
import { sameValue } from "../../../src/domain/units/sameValue.ts";

it("says the same of two JSON values as their canonical texts do, whatever the order of members", () => {
  // JSON has no negative zero.
  const json = fc.jsonValue({ maxDepth: 3 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(json, json, (one, other) => {
      const again: unknown = JSON.parse(canonicalJson(one));
      expect(sameValue(one, again)).toBe(true);
      expect(sameValue(one, other)).toBe(canonicalJson(one) === canonicalJson(other));
    }),
    { numRuns: 500 },
  );
  expect(sameValue({ a: 1, b: [2, { c: 3, d: 4 }] }, { b: [2, { d: 4, c: 3 }], a: 1, e: undefined })).toBe(true);
  expect(sameValue({ a: [] }, { a: {} })).toBe(false);
  expect(sameValue({ a: null }, {})).toBe(false);
});

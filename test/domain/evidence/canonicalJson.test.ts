import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/domain/evidence/canonicalJson.ts";

describe("canonical JSON", () => {
  it("sorts members, drops white space and leaves out what is undefined", () => {
    expect(canonicalJson({ b: [1, "x", null], a: { d: true, c: 0.1 }, gone: undefined })).toBe(
      '{"a":{"c":0.1,"d":true},"b":[1,"x",null]}',
    );
  });

  it("sorts by UTF-16 code unit, so that 'Z' comes before 'a' and 'é' after both", () => {
    expect(canonicalJson({ é: 1, a: 2, Z: 3 })).toBe('{"Z":3,"a":2,"é":1}');
  });

  it.each([
    ["NaN", { price: Number.NaN }, /\$\.price: NaN/],
    ["infinity", [Number.POSITIVE_INFINITY], /\$\[0\]: Infinity/],
    ["minus zero, which JSON turns into zero", [-0], /-0/],
    ["undefined in a list, which JSON turns into null", [undefined], /\$\[0\]: undefined/],
    ["a hole in a list", Object.assign([], { 1: 1 }), /\$\[0\]/],
    ["a bigint", { wh: 1n }, /\$\.wh: bigint/],
    ["a Date, which JSON turns into text", { at: new Date(0) }, /Date/],
    ["a Map, which JSON turns into {}", { modes: new Map() }, /Map/],
    ["half a surrogate pair", { name: "\ud83d" }, /surrogate/],
  ])("refuses %s and says where", (_, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });

  it("refuses a value that contains itself", () => {
    const site: Record<string, unknown> = {};
    site["self"] = site;
    expect(() => canonicalJson(site)).toThrow(/refers back/);
  });

  it("is read back as the same value, and does not depend on the order in which members were added", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!hasMinusZero(value));
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(value);
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

function hasMinusZero(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(hasMinusZero);
  return Object.is(value, -0);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

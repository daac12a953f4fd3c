import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedMember } from "../../../src/domain/units/repeatedMember.ts";

describe("a member that stands twice in one object", () => {
  it.each([
    ['{"reduceMw":0.4,"id":"a","reduceMw":40}', "reduceMw"],
    ['{"a":{"b":1},"c":[{"d":1,"d":2}]}', "d"],
    ['{"off":true,"\\u006fff":true}', "off"],
    ['{"":1,"":2}', ""],
  ])("of %s is %j", (text, name) => {
    expect(repeatedMember(text)).toBe(name);
  });

  it.each([
    '{"a":{"b":1},"c":{"b":1}}',
    '["a","a"]',
    '{"a":"b","b":"a","c":["c","c"]}',
    '{"a":"\\",\\"a\\":1"}',
    '[{"a":1},{"a":2}]',
    '"a"',
  ])("is not in %s", (text) => {
    expect(repeatedMember(text)).toBeUndefined();
  });

  it("is in no text that was made of a value, however it nests", () => {
    fc.assert(fc.property(fc.json(), (text) => repeatedMember(text) === undefined));
  });
});

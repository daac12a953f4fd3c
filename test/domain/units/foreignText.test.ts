import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanText, thrownText, isCleanText, parseForeignJson } from "../../../src/domain/units/foreignText.ts";

describe("text from outside", () => {
  it.each([
    ["as it should be is left alone", "EEA 2 – Überlast 🔌", "EEA 2 – Überlast 🔌"],
    ["with a NUL shows that something was there", "cannot\u0000curtail", "cannot\ufffdcurtail"],
    ["with a terminal's escape does not reach a terminal", "\u001b[2Jgone", "\ufffd[2Jgone"],
    ["of several lines becomes one", "one\r\ntwo\tthree\u2028four", "one two three four"],
    ["with half a character keeps the rest", "a\ud83db", "a\ufffdb"],
    ["that turns its direction around reads forward", "off\u202enruter", "off\ufffdnruter"],
  ])("%s", (_title, foreign, clean) => {
    expect(cleanText(foreign)).toBe(clean);
  });

  it("that is too long is cut to its bound, says so, and halves no character", () => {
    expect(cleanText("x".repeat(501))).toBe(`${"x".repeat(499)}…`);
    expect(cleanText("x".repeat(500))).toBe("x".repeat(500));
    expect(cleanText("abcdef", 4)).toBe("abc…");
    expect(cleanText("ab🔌def", 4)).toBe("ab…");
  });

  it("is always accepted by a database, within its bound, and clean the second time", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.integer({ min: 2, max: 60 }), (text, max) => {
        const clean = cleanText(text, max);
        return (
          clean.isWellFormed() && !/\p{Cc}/u.test(clean) && clean.length <= max && isCleanText(clean, max) === true
        );
      }),
      { numRuns: 1_000 },
    );
    expect(
      cleanText(String.fromCharCode(...Array.from({ length: 0x10000 }, (_, i) => i)), 0x10000).isWellFormed(),
    ).toBe(true);
  });

  it("inside JSON is cleaned member by member, numbers stay what they are", () => {
    expect(parseForeignJson('{"Msg":"a\\u0000b","list":["\\ud800"],"Watts":3068}')).toEqual({
      Msg: "a\ufffdb",
      list: ["\ufffd"],
      Watts: 3068,
    });
    expect(() => parseForeignJson("<html>")).toThrow(SyntaxError);
  });

  it("inside JSON is what cleaning each text of it gives, whatever stands there and however it is written", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
      fc.constantFrom("x".repeat(500), "x".repeat(501), `${"x".repeat(400)}\n${"x".repeat(400)}`),
      fc.constantFrom(`${"x".repeat(400)}"${"x".repeat(400)}`, "\u007f", "\u0085", "a\tb"),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ Msg: text, n: fc.integer() }), { maxLength: 4 }), fc.nat(2), (list, indent) => {
        expect(parseForeignJson(JSON.stringify(list, null, indent))).toEqual(
          list.map(({ Msg, n }) => ({ Msg: cleanText(Msg), n })),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it("of an error, or of whatever else was thrown, is clean", () => {
    expect(thrownText(new Error("refused:\u0000"))).toBe("refused:\ufffd");
    expect(thrownText("x\u0007")).toBe("x\ufffd");
  });
});

describe("JSON from outside", () => {
  it("is counted past brackets and commas in its texts, also behind quotes that backslashes escape", () => {
    const budget = { depthMax: 1, valuesMax: 2 };
    for (const text of ["[[[,,,{{", 'a quote " and [[[', "ends in a backslash \\", '\\" [[[ ,,, \\\\'])
      expect(parseForeignJson(JSON.stringify([text]), budget)).toEqual([text]);
    expect(() => parseForeignJson(JSON.stringify(["\\", 1]), budget)).toThrow("JSON of more than 2 values");
    expect(() => parseForeignJson(JSON.stringify([["\\"]]), { ...budget, valuesMax: 9 })).toThrow(
      "JSON nested deeper than 1",
    );
  });

  it("at the end of its budget, 500,000 values in 1 MB, is read in a tenth of a heartbeat", () => {
    const text = `{"a":[${"1,".repeat(499_990)}"\\u0000"]}`;
    const began = process.cpuUsage();
    expect((parseForeignJson(text) as { a: unknown[] }).a.at(-1)).toBe("\ufffd");
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(0.5);
  });

  it("is clean in lists, members and a member called __proto__, which stays a plain member", () => {
    const read = parseForeignJson(
      '{"a":["\\u0000"],"__proto__":"\\u0000","b":{"__proto__":{"c":"\\u0000"}}}',
    ) as object;
    expect(JSON.stringify(read)).toBe('{"a":["\ufffd"],"__proto__":"\ufffd","b":{"__proto__":{"c":"\ufffd"}}}');
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });
});

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvText, numberCell, textCell } from "../../../src/domain/statement/csv.ts";

describe("cells of a spreadsheet file", () => {
  it.each([
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    " =1+1",
    "\n=1",
    "\u00A0+1",
    "\uFEFF=1",
    "\u200B@A",
    "\uFF1D1",
  ])("text %j cannot start a formula", (text) => {
    expect(textCell(text).replace(/^"/, "").startsWith("'")).toBe(true);
  });

  it("negative amounts stay numbers", () => {
    expect(numberCell("-1234.50")).toBe("-1234.50");
  });

  it("a missing number is blank, never 0, and text is no number", () => {
    expect(numberCell(undefined)).toBe("");
    expect(() => numberCell("=1")).toThrow(/no plain decimal/);
    expect(() => numberCell("1e5")).toThrow(/no plain decimal/);
  });

  it("any text comes back from a CSV reader, apart from the disarming apostrophe", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 2 }), { minLength: 1 }),
        (rows) => {
          const read = parse(csvText(rows.map((cells) => cells.map(textCell))), {
            record_delimiter: "\n",
          }) as string[][];
          const armed = /^\s*[=+\-@]|^[\t\r]/;
          expect(read).toEqual(rows.map((cells) => cells.map((text) => (armed.test(text) ? `'${text}` : text))));
        },
      ),
    );
  });
});

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvHeader, reportRows } from "../../../src/adapters/ercot/reportCsv.ts";
import { PortDataError } from "../../../src/ports/errors.ts";

describe("a line of a report", () => {
  it("has the fields that a CSV parser finds in it, quoted or not, and is refused where that finds several lines", () => {
    const piece = fc.constantFrom(
      "HB_WEST",
      "12.40",
      "-5",
      "",
      " ",
      "\t",
      "\u00a0",
      '"',
      '""',
      '"a,b"',
      ",",
      ",",
      "\r",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), (pieces) => {
        const line = pieces.join("");
        fc.pre(line.trim() !== "");
        expect(outcome(() => csvHeader(`${line}\n1,2`, "here"))).toEqual(outcome(() => byParser(line)));
      }),
      { numRuns: 1_000, examples: [[["a", ",", " b ", "\r"]], [["a", "\r", ",", "b"]], [["\r", "HB_WEST"]]] },
    );
  });

  it("has a quoted name without the blanks about it: a row of the point is never passed over", () => {
    const csv = 'Day,Point,Price\n"02/29/2024","\tHB_WEST ","0.43"\n';
    const columns = { point: ["Point"], price: ["Price"] };
    const { rows } = reportRows(csv, columns, "HB_WEST", "here");
    expect(rows.map(({ fields }) => fields)).toEqual([{ point: "HB_WEST", price: "0.43" }]);
  });

  it("that no CSV parser reads is refused with its place", () => {
    expect(() => csvHeader('a,"b\n1,2', "here")).toThrow(PortDataError);
    expect(() => csvHeader('a,"b\n1,2', "here")).toThrow(/^here: line 1: expected a line of CSV/);
  });
});

/** @throws Error for what the parser does not read as one line */
function byParser(line: string): string[] {
  const [fields = [], ...more] = parse(line, { trim: true }) as string[][];
  if (more.length > 0) throw new Error(`expected one line, found ${more.length + 1}`);
  return fields.map((field) => field.trim());
}

function outcome(read: () => readonly string[]): readonly string[] | "refused" {
  try {
    return read();
  } catch {
    return "refused";
  }
}

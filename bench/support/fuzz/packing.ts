import type { Chance } from "./chance.ts";
import type { Row, Table } from "./tableCase.ts";
import { zipOf } from "./zip.ts";

/** A table as bytes. */
interface Packed {
  readonly bytes: Buffer;
  /** What an independent reader reads; undefined where there is nothing to read. */
  readonly text: string | undefined;
  /** Nothing was done to it here. */
  readonly isPlain: boolean;
  /** It says what the table says. */
  readonly isWhole: boolean;
  /** It must be refused. */
  readonly isUnreadable: boolean;
}

/** A table as a zip with one CSV, or as a page of the Public API, in one of many spellings; some of them damaged. */
export function packed(table: Table, chance: Chance, isApi: boolean): Packed {
  return isApi ? packedEnvelope(table, chance) : packedZip(table, chance);
}

type Spelling =
  | "plain"
  | "crlf"
  | "cr"
  | "bom"
  | "quoted"
  | "bare"
  | "blank lines"
  | "no end"
  | "spaces"
  | "semicolons"
  | "headed twice"
  | "cut";
const SPELLINGS: readonly Spelling[] = [
  "crlf",
  "cr",
  "bom",
  "quoted",
  "bare",
  "blank lines",
  "no end",
  "spaces",
  "semicolons",
  "headed twice",
  "cut",
];
const STILL_WHOLE: readonly Spelling[] = ["plain", "crlf", "bom", "quoted", "blank lines", "no end", "spaces"];

function csvText({ names, rows }: Table, spelling: Spelling, chance: Chance): string {
  const isQuoted = (cell: string): boolean => spelling === "quoted" || (spelling !== "bare" && /[",\n\r]/.test(cell));
  const cellOf = (cell: string): string => {
    const text = isQuoted(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    return spelling === "spaces" ? ` ${text} ` : text;
  };
  const mark = spelling === "semicolons" ? ";" : ",";
  const lines = [names, ...rows.map(({ cells }) => cells.map(({ csv }) => csv))].map((cells) =>
    cells.map(cellOf).join(mark),
  );
  if (spelling === "headed twice") lines.splice(chance.whole(1, lines.length), 0, lines[0] as string);
  if (spelling === "blank lines") lines.splice(chance.whole(1, lines.length), 0, "", "  ");
  const end = spelling === "crlf" ? "\r\n" : spelling === "cr" ? "\r" : "\n";
  const text = `${spelling === "bom" ? "\ufeff" : ""}${lines.join(end)}${spelling === "no end" ? "" : end}`;
  return spelling === "cut" ? text.slice(0, chance.whole(1, text.length)) : text;
}

function packedZip(table: Table, chance: Chance): Packed {
  const spelling = chance.happens(0.3) ? chance.pick(SPELLINGS) : "plain";
  const text = csvText(table, spelling, chance);
  const name = "cdr.00012301.0000000000000000.20260818.170012.REPORT_csv.csv";
  const file = { name, bytes: Buffer.from(text) };
  const said = { text, isPlain: spelling === "plain", isWhole: STILL_WHOLE.includes(spelling), isUnreadable: false };
  const refused = { text: undefined, isPlain: false, isWhole: false, isUnreadable: true };
  if (chance.happens(0.92)) return { ...said, bytes: zipOf([file]) };
  const whole = zipOf([file]);
  switch (chance.whole(0, 10)) {
    case 0:
      return { ...said, isPlain: false, bytes: zipOf([{ ...file, isStored: true }]) };
    case 1:
      return { ...said, isPlain: false, bytes: zipOf([file], "a comment") };
    case 2:
      return { ...said, isPlain: false, bytes: zipOf([file, { name: "readme.txt", bytes: Buffer.from("1,2\n") }]) };
    case 3:
      return { ...refused, bytes: zipOf([file, { ...file, name: "second.csv" }]) };
    case 4:
      return { ...refused, bytes: zipOf([{ ...file, name: "only.xml" }]) };
    case 5:
      return { ...refused, bytes: whole.subarray(0, chance.whole(0, whole.length - 1)) };
    case 6:
      return {
        ...refused,
        bytes: zipOf([{ ...file, saidBytes: chance.pick([0, 1, text.length - 1, 4_000_000_000]) }]),
      };
    case 7:
      return {
        ...refused,
        bytes: Buffer.from("<!DOCTYPE html><html><body>Request unsuccessful. Incapsula</body></html>"),
      };
    case 8:
      return { ...refused, bytes: Buffer.from(text) };
    case 9:
      return { ...refused, bytes: chance.happens(0.01) ? bomb() : Buffer.alloc(chance.whole(0, 40), 0x50) };
    default:
      return flipped(said, whole, chance);
  }
}

/** One bit of the bytes turned over: in a date of the zip it says the same, else it is damaged. */
function flipped(said: Omit<Packed, "bytes">, whole: Buffer, chance: Chance): Packed {
  const bytes = Buffer.from(whole);
  const at = chance.whole(0, bytes.length - 1);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << chance.whole(0, 7)), at);
  return { ...said, isPlain: false, isWhole: false, bytes };
}

let packedBomb: Buffer | undefined;

function bomb(): Buffer {
  packedBomb ??= zipOf([{ name: "bomb.csv", bytes: Buffer.alloc(80_000_000, 0x31) }]);
  return packedBomb;
}

function packedEnvelope(table: Table, chance: Chance): Packed {
  const fields = table.names.map((name, i) => ({ name, label: name, cardinality: i + 1, dataType: "VARCHAR" }));
  const data = (rows: readonly Row[]) =>
    `[${rows.map(({ cells }) => `[${cells.map(({ json }) => json).join(",")}]`).join(",")}]`;
  const count = table.rows.length;
  const meta = { totalRecords: count, pageSize: 10_000, totalPages: 1, currentPage: 1 };
  const members = {
    _meta: JSON.stringify(meta),
    report: '{"reportName":"x","reportId":"12301"}',
    fields: JSON.stringify(fields),
    data: data(table.rows),
    _links: "null",
  };
  const textOf = (said: Readonly<Record<string, string>>): string =>
    `{${Object.entries(said)
      .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
      .join(",")}}`;
  const of = (text: string, rest: Partial<Packed>): Packed => ({
    bytes: Buffer.from(text),
    text,
    isPlain: false,
    isWhole: true,
    isUnreadable: false,
    ...rest,
  });
  const refused = { text: undefined, isWhole: false, isUnreadable: true };
  if (chance.happens(0.85)) return of(textOf(members), { isPlain: true });
  const text = textOf(members);
  switch (chance.whole(0, 11)) {
    case 0:
      return of(textOf(Object.fromEntries(chance.shuffled(Object.entries(members)))), {});
    case 1:
      return of(`\ufeff${text}`, {});
    case 2:
      return of(
        textOf({ ...members, _meta: JSON.stringify({ ...meta, totalPages: 7, currentPage: 3, totalRecords: 1 }) }),
        {},
      );
    case 3:
      return of(textOf({ ...members, extra: '{"__proto__":{"x":1},"constructor":{"prototype":{"y":2}}}' }), {});
    case 4:
      return of(`{"__proto__":{"fields":[],"data":[]},${text.slice(1)}`, {});
    case 5:
      return of(textOf({ ...members, fields: chance.pick(["null", "{}", "[]", "[null]", '["a"]', '[{"name":5}]']) }), {
        isWhole: false,
      });
    case 6:
      return of(textOf({ ...members, data: chance.pick(['"none"', "{}", "5", "[null]", "[{}]", "[[]]"]) }), {
        isWhole: false,
      });
    case 7:
      return of(text.slice(0, chance.whole(0, text.length - 1)), refused);
    case 8:
      return of(textOf({ ...members, extra: "[".repeat(90) + "]".repeat(90) }), refused);
    case 9:
      return of(
        textOf({
          ...members,
          _meta: chance.pick([
            "null",
            "{}",
            '{"totalRecords":"5","totalPages":1,"currentPage":1}',
            '{"totalRecords":-1,"totalPages":1,"currentPage":1}',
          ]),
        }),
        refused,
      );
    case 10:
      return of(
        chance.pick(["", "null", "[]", '"text"', "5", '{"statusCode":401,"message":"Unauthorized."}', "<html></html>"]),
        refused,
      );
    default:
      return of(JSON.stringify({ error_key: "throttled", error_message: "Too Many Requests" }), refused);
  }
}

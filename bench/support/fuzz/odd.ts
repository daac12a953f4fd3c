import type { Chance } from "./chance.ts";

/** What a cell of a file may hold instead of its own text: each is tried on every kind of cell. */
const TEXTS: readonly string[] = [
  "",
  "-",
  "--",
  " ",
  "N/A",
  "null",
  "NaN",
  "Infinity",
  "-Infinity",
  "1e400",
  "-1e400",
  "1e-400",
  "0x10",
  "１２",
  "1.2.3",
  "12,5",
  "1,234.56",
  "1,23,4.5",
  "+5.25",
  "(5.00)",
  "$25.00",
  "25.00 USD",
  "25.12\u00a0",
  "−5.25",
  "-.5",
  ".5",
  "5.",
  "-0",
  "-0.00",
  "00025.10",
  "2.5e1",
  "1E3",
  "1_000",
  "-99999",
  "999999999",
  "99999999999999999999999999",
  "0.123456789012345678901234567890",
  "25.1\u0000",
  "\u001b[2J",
  "=1+1",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "0",
  "1",
  "4",
  "5",
  "24",
  "25",
  "26",
  "01:00",
  "1:00",
  "24:00",
  "25:00",
  "00:00",
  "02:00",
  "03:00",
  "02:00 DST",
  "24:15",
  "1.5",
  "-1",
  "Y",
  "N",
  "y ",
  "true",
  "FALSE",
  "X",
  "02/30/2026",
  "13/01/2026",
  "8/18/2026",
  "08/18/26",
  "18.08.2026",
  "2026/08/18",
  "2026-08-18",
  "2026-8-18",
  "20260818",
  "11/01/2026",
  "03/08/2026",
  "08/18/1926",
  "08/18/9999",
  "2026-03-08T02:30:00",
  "2026-11-01T01:30:00",
  "11/01/2026 01:30:00",
  "08/18/2026 24:00:00",
  "08/18/2026 23:59:60",
  "08/18/2026  10:00:00",
  "2026-08-18T10:00:00Z",
  "2026-08-18T10:00:00-05:00",
  "HB_WEST",
  "hb_west",
  "LZ_WEST",
  "LZ",
  "LZEW",
  "HU",
  "RRS",
  "rrs",
  "RRSPF",
  "ECRS",
  "NSPNM",
];

/** An odd text, now and then made from the cell's own. */
export function oddText(chance: Chance, own: string): string {
  switch (chance.whole(0, 12)) {
    case 0:
      return own + String(chance.whole(0, 9));
    case 1:
      return own.slice(0, -1);
    case 2:
      return own.replace(/\d/, (digit) => String((Number(digit) + chance.whole(1, 9)) % 10));
    case 3:
      return own.toLowerCase() === own ? own.toUpperCase() : own.toLowerCase();
    case 4:
      return own.repeat(chance.pick([2, 40, 400]));
    case 5:
      return chance.pick(["\u00a0", "\u200b", "\u202e", "\n", "\t", "'", '"', "\ufeff"]) + own;
    default:
      return chance.pick(TEXTS);
  }
}

const RAW: readonly string[] = [
  "null",
  "true",
  "false",
  "[]",
  "[25.12]",
  "{}",
  '{"value": 25.12}',
  '{"__proto__": 25.12}',
  "0",
  "-0",
  "-0.0",
  "1e400",
  "-1e400",
  "1e-400",
  "1e21",
  "1e-7",
  "2.5e1",
  "25.123456789012345678",
  "12345678901234567890",
  "-99999",
  "999999999",
  "1",
  "4",
  "5",
  "24",
  "25",
  "1.5",
];

/** An odd value as raw JSON: another type, or an odd text. */
export function oddJson(chance: Chance, own: string): string {
  if (chance.happens(0.4)) return chance.pick(RAW);
  const isText = own.startsWith('"');
  return JSON.stringify(oddText(chance, isText ? (JSON.parse(own) as string) : own));
}

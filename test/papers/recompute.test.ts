import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLIENTS } from "../golden/statements/syntheticDay.ts";
import { randomStatements } from "./randomStatements.ts";
import { recomputed } from "./recomputed.ts";
import type { Recomputed } from "./recomputed.ts";

const GOLDEN = join(import.meta.dirname, "../golden/statements");
/** Autumn and spring, ends of month and year, each kind of terms. */
const SEEDS = [3, 4, 5, 6];
const work = mkdtempSync(join(tmpdir(), "ballast-papers-"));

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Recomputes folders; skips the test, with the reason, without a Python. */
async function recompute(folders: readonly string[], skip: (note: string) => never): Promise<Recomputed> {
  const said = await recomputed(folders);
  return "reason" in said ? skip(said.reason) : said;
}

describe("a client's papers recomputed in Python from nothing but themselves", () => {
  it(`every row, line and total of the kept statements comes out, and of ${4 * SEEDS.length} with days of 92 and 100 intervals, ends of month and year, contract versions, negative prices, blocks that begin later, drafts and corrections; the journal holds the same`, async ({
    skip,
  }) => {
    const bundles = SEEDS.map((seed) => randomBundle(join(work, `random-${seed}`), seed));
    const { status, stdout, stderr } = await recompute([GOLDEN, ...bundles], skip);
    expect(stderr).toBe("");
    const counts = /^(\d+) statements, \d+ lines and \d+ interval rows agree; (\d+) of them with a journal too\n$/.exec(
      stdout,
    );
    expect(Number(counts?.[1])).toBeGreaterThanOrEqual(CLIENTS.length + 4 * SEEDS.length);
    expect(Number(counts?.[2])).toBe(3 * SEEDS.length);
    expect(status).toBe(0);
  });
});

/** Statements and journal of a seed, laid out as in a bundle; answers its folder. */
function randomBundle(folder: string, seed: number): string {
  const { papers, journal } = randomStatements(seed);
  for (const name of ["statements", "ledgers"]) mkdirSync(join(folder, name), { recursive: true });
  for (const [end, { text, csv, intervalsCsv }] of papers) {
    const base = join(folder, "statements", `juniper${end}`);
    writeFileSync(`${base}.txt`, text);
    writeFileSync(`${base}.csv`, csv);
    writeFileSync(`${base}-intervals.csv`, intervalsCsv);
  }
  const lines = journal.map((entry) => `${JSON.stringify(entry)}\n`);
  writeFileSync(join(folder, "ledgers", "journal.jsonl"), lines.join(""));
  return folder;
}

interface Planted {
  readonly error: string;
  /** A kept statement, or one file of a random bundle, without its ending. */
  readonly paper: string;
  /** The ending, what stands there, what is put in its place; a pattern is replaced once. */
  readonly edits: readonly (readonly [file: string, from: string | RegExp, to: string])[];
  readonly says: RegExp;
}

const FEE_LINE = / {2}1 {2}Fixed fee[^]*?\n\n/;
const PLANTED: readonly Planted[] = [
  {
    error: "a cent more in the total",
    paper: "alder",
    edits: [[".txt", "29,463.84", "29,463.85"]],
    says: /^alder\.txt: TOTAL, Amount USD: printed 29463\.85, recomputed 29463\.84$/m,
  },
  {
    error: "a cent more in a line, text and total alike",
    paper: "alder",
    edits: [
      [".csv", ",64145.21,", ",64145.22,"],
      [".txt", "64,145.21\n", "64,145.22\n"],
      [".txt", "29,463.84", "29,463.85"],
    ],
    says: /^alder\.csv: line 2 fixed-energy, amount_usd: printed 64145\.22, recomputed 64145\.21$/m,
  },
  {
    error: "a Wh more in a metered interval",
    paper: "birch",
    edits: [["-intervals.csv", ",6899.248,", ",6899.249,"]],
    says: /^birch-intervals\.csv: row 75 \(charged 2024-08-20\/19\/3\), charge_fixed-energy_usd: printed 472\.59848800, recomputed 472\.5985565$/m,
  },
  {
    error: "a kWh of baseline less where it does not decide",
    paper: "birch",
    edits: [["-intervals.csv", /,225\.000,6900\.000,/, ",225.000,6899.000,"]],
    says: /^birch-intervals\.csv: row 77 .*, curtailed_kwh: printed 6675\.000, recomputed 6674$/m,
  },
  {
    error: "less ordered off than the credit is for",
    paper: "alder",
    edits: [["-intervals.csv", "economic 900 s 40100000 W", "economic 900 s 20100000 W"]],
    says: /ordered_off_kwh: printed 10025\.000, recomputed 5025$/m,
  },
  {
    error: "a row that is left out",
    paper: "cedar",
    edits: [["-intervals.csv", /^PF-cedar.*2024-08-20\/20\/4.*\n/m, ""]],
    says: /^cedar-intervals\.csv: interval 2024-08-20\/20\/4: printed 0 times, expected once$/m,
  },
  {
    error: "an hour that is an hour off",
    paper: "cedar",
    edits: [
      [
        "-intervals.csv",
        "2024-08-20T19:45:00-05:00,2024-08-20T20:00:00-05:00",
        "2024-08-20T19:45:00-06:00,2024-08-20T20:00:00-05:00",
      ],
    ],
    says: /interval_start_central: printed 2024-08-20T19:45:00-06:00, recomputed 2024-08-20T19:45:00-05:00$/m,
  },
  {
    error: "a credit that has become a charge",
    paper: "alder",
    edits: [["-intervals.csv", ",-2543.74350000,", ",2543.74350000,"]],
    says: /client_credit_economic_usd: printed 2543\.74350000, recomputed -2543\.7435$/m,
  },
  {
    error: "a price that is not the row's",
    paper: "alder",
    edits: [["-intervals.csv", ",2667.64,", ",2667.54,"]],
    says: /gross_credit_instruction_usd: printed -26743\.09100000, recomputed -26742\.0885$/m,
  },
  {
    error: "a fixed fee that is left out of lines, text and total",
    paper: "alder",
    edits: [
      [".csv", /^PF-alder.*,fixed-fee,.*\n/m, ""],
      [".txt", FEE_LINE, ""],
      [".txt", "29,463.84", "27,790.45"],
    ],
    says: /^alder\.csv: no line fixed-fee v1 2024-08: printed nothing, recomputed 1673\.39$/m,
  },
  {
    error: "a line that nothing calls for",
    paper: "alder",
    edits: [["-intervals.csv", /,-1704\.98508163,3341\.667,-1394\.67813912,-852\.49266837,/, ",-1704.98508163,,,,"]],
    says: /curtailed_instruction_kwh: printed nothing, recomputed 3341\.667$/m,
  },
  {
    error: "another rounding than the contract's",
    paper: "cedar",
    edits: [[".csv", /,half-up,/, ",half-even,"]],
    says: /^cedar\.csv: line 1 block, rounding: printed half-even, recomputed half-up$/m,
  },
  {
    error: "a rate that the quoted terms do not have",
    paper: "alder",
    edits: [[".txt", "all-in rate 0.072 $/kWh", "all-in rate 0.071 $/kWh"]],
    says: /rate_usd_per_kwh: printed 0\.072, recomputed 0\.071$/m,
  },
  {
    error: "a sentence with a wrong figure",
    paper: "birch",
    edits: [
      [".txt", "53.400 MWh in 9 intervals", "53.400 MWh in 8 intervals"],
      [".csv", "53.400 MWh in 9 intervals", "53.400 MWh in 8 intervals"],
    ],
    says: /^birch\.txt: line 2 curtailment-credit:economic, figure 8 in .*: printed 8, recomputed 9$/m,
  },
  {
    error: "a text that says other than its file of lines",
    paper: "birch",
    edits: [[".txt", "595,606.999 kWh  ", "595,606.998 kWh  "]],
    says: /^birch\.txt: line 1 fixed-energy, quantity: printed 595606\.998, recomputed 595606\.999$/m,
  },
  {
    error: "a correction that takes back other than what was charged",
    paper: "statements/juniper-then",
    edits: [["-intervals.csv", /(taken back,[^\n]*?Z,,)-(\d+\.\d{3}),/, "$1-9.999,"]],
    says: /^statements\/juniper-then-intervals\.csv: row \d+ \(taken back .* of juniper\/6\), energy_kwh: printed -9\.999, recomputed -/m,
  },
  {
    error: "an interval that the journal does not have",
    paper: "ledgers/journal",
    edits: [[".jsonl", /^.*"kind":"energy-charge".*\n/m, ""]],
    says: /^statements\/juniper-intervals\.csv: interval 2026-03-07T06:00:00\.000Z, journal .*: printed -?[\d.]+, recomputed 0$/m,
  },
  {
    error: "a statement whose rounding is not booked",
    paper: "ledgers/journal",
    edits: [[".jsonl", /^.*"entryId":"invoice:juniper\/6:rounding".*\n/m, ""]],
    says: /^ledgers\/journal\.jsonl: Assets:Receivable:Client:juniper of statement juniper\/6: booked [\d.]+, the statement's total asks for \d+\.\d\d?$/m,
  },
  {
    error: "an entry that does not balance",
    paper: "ledgers/journal",
    edits: [[".jsonl", /"amountE8":"-/, '"amountE8":"-1']],
    says: /^ledgers\/journal\.jsonl: line 1: entry .* does not balance$/m,
  },
  {
    error: "a column that the guide does not explain",
    paper: "birch",
    edits: [["-intervals.csv", "row_amount_usd", "row_amount_eur"]],
    says: /columns that are not known: row_amount_eur/,
  },
];

describe("a planted error is found, with its file, row and column", () => {
  const folders = new Map(PLANTED.map((planted, i) => [planted, join(work, `planted-${i + 1}`)]));
  let said: Awaited<ReturnType<typeof recomputed>>;

  beforeAll(async () => {
    const bundle = randomBundle(join(work, "bundle"), 6);
    for (const [{ paper, edits }, folder] of folders) {
      const kept = (file: string) =>
        paper.includes("/") || new RegExp(`/${paper}(-intervals)?[.](txt|csv)$`).test(file);
      const from = paper.includes("/") ? bundle : GOLDEN;
      cpSync(from, folder, { recursive: true, filter: (file) => file === from || kept(file) });
      for (const [end, was, is] of edits) edit(join(folder, paper + end), was, is);
    }
    said = await recomputed([...folders.values()]);
  });

  it.for(PLANTED)("$error", (planted, { skip }) => {
    if ("reason" in said) return skip(said.reason);
    const folder = `${folders.get(planted)!}/`;
    const own = said.stderr.split("\n").filter((line) => line.startsWith(folder));
    expect(own.map((line) => line.slice(folder.length)).join("\n")).toMatch(planted.says);
    expect(said.status).toBe(2);
  });

  it("and the program ends with 1 for a difference, 2 for papers that it cannot read", async ({ skip }) => {
    const [differs, unreadable] = [folders.get(PLANTED[0]!)!, folders.get(PLANTED.at(-1)!)!];
    expect(await recompute([differs], skip)).toMatchObject({ status: 1, stdout: "" });
    expect(await recompute([unreadable], skip)).toMatchObject({ status: 2, stdout: "" });
  });
});

function edit(path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(path, "utf8");
  const edited = text.replace(from, to);
  expect(edited, `${String(from)} is not in ${path}`).not.toBe(text);
  writeFileSync(path, edited);
}

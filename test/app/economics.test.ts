import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { economicsCommand } from "../../src/app/commands/economics.ts";
import { economicsText } from "../../src/app/status/economicsText.ts";
import { type EconomicsGiven, economicsOf } from "../../src/app/status/economicsView.ts";
import { fileHistory } from "../../src/app/status/priceHistory.ts";
import { columnsOf } from "../../src/app/tableText.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { addSeconds, parseInstant } from "../../src/domain/units/instant.ts";

const folder = mkdtempSync(join(tmpdir(), "ballast-economics-"));
afterAll(() => rmSync(folder, { recursive: true }));
const DAY = "2026-08-18";
const AT = parseInstant("2026-08-18T18:00:20-05:00");
const example = readFileSync("config/example-site.yaml", "utf8").replace(
  "market/ercot.yaml",
  resolve("config/market/ercot.yaml"),
);
const COSTS =
  "costs: { hostingUsdPerMwh: 0, depreciationUsdPerMonth: 21000, sgaUsdPerMonth: 9000, interestUsdPerMonth: 2500 }\n";

function deploymentOf(text: string) {
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  return loadDeployment(file, DAY);
}
const told: EconomicsGiven = {
  at: AT,
  day: DAY,
  hashprice: { usdPerPhDay: 39, asOf: AT },
  hashpriceFrom: "constant, assumed",
  paybackDays: 365,
};
const network = {
  source: "bitcoin-network/node/127.0.0.1:8332",
  contentHash: "aa",
  height: 963_104,
  difficulty: 127_480_000_000_000,
  feesSatsPerBlock: 3_550_000,
  tipAt: addSeconds(AT, -120),
  epochStartedAt: addSeconds(AT, -120 - 1_472 * 570),
  observedAt: addSeconds(AT, -20),
};
const made: EconomicsGiven = {
  ...told,
  hashprice: {
    usdPerPhDay: 39.13,
    asOf: AT,
    madeOf: {
      payout: "fpps",
      satsPerPhDay: 49_873.6,
      network,
      price: {
        source: "btc-price/kraken/api.kraken.com",
        contentHash: "bb",
        usdPerBtc: 78_456.69,
        observedAt: AT,
        isDisputed: true,
      },
    },
  },
};

describe("economics of the example site", () => {
  const prices = fileHistory("config/demo/settlement-prices.csv", {
    settlementPoint: "HB_WEST",
    settlementPointType: "HU",
  });

  it("has every figure with costs, a made hashprice and prices, its rows in 100 columns", () => {
    const found = economicsOf(deploymentOf(example.replace("cohorts:\n", `${COSTS}cohorts:\n`)), {
      ...made,
      history: prices,
    });
    expect(found.leftOut).toEqual([]);
    const { marginalUsdPerBtc: marginal, directUsdPerBtc: direct, totalUsdPerBtc: total } = found.production;
    expect(marginal).toBeGreaterThan(0);
    // 40.838 PH/s make 0.61374 BTC a month after the pool's 1 %: 21,000 $ are 34,217 a bitcoin, 9,000 $ are 14,664
    expect((direct ?? 0) - (marginal ?? 0)).toBeCloseTo(34_217, 0);
    expect((total ?? 0) - (direct ?? 0)).toBeCloseTo(14_664, 0);
    // at 570 s a block the next difficulty is 600/570 of this one
    expect(found.difficulty?.usdPerPhDayAfter).toBeCloseTo((39.13 * 570) / 600, 9);
    const text = economicsText(found);
    // sentences are wrapped where they are printed, rows of figures cannot be
    const rows = text.split("\n").filter((line) => /^(machines|cohort|\d+ J\/TH|[a-z]+-s\d+\w* ) /.test(line));
    expect(rows).toHaveLength(2 + 3 + 6);
    expect(columnsOf(rows.join("\n"))).toBeLessThanOrEqual(100);
    for (const part of ["963104", "78,456.69", "sources differ", "fpps", "+5.3 %", "20 J/TH", "quarter hours"])
      expect(text).toContain(part);
  });

  it("has the strikes that the site decides by, step by step", () => {
    const { steps } = economicsOf(deploymentOf(example), told);
    expect(steps.map(({ strikeUsdPerMwh }) => strikeUsdPerMwh.toFixed(1))).toEqual([
      "48.7",
      "71.6",
      "54.4",
      "49.0",
      "85.5",
    ]);
    expect(steps.map(({ joulesPerTh }) => joulesPerTh.toFixed(1))).toEqual(["29.3", "20.5", "26.4", "29.1", "17.4"]);
  });

  it("leaves out what it does not know, says what is lacking, and prints a dash, never a 0", () => {
    const found = economicsOf(deploymentOf(example), told);
    expect(found.production).toEqual({});
    expect(found.leftOut).toEqual([
      expect.stringMatching(
        /^marginal cost: lacks the price of a bitcoin \(--btc\), a price of power .*, costs\.hostingUsdPerMwh$/,
      ),
      expect.stringMatching(/^direct cost: lacks .*costs\.depreciationUsdPerMonth$/),
      expect.stringMatching(/^total cost: lacks .*costs\.sgaUsdPerMonth$/),
      expect.stringMatching(/^operational breakeven: lacks .*costs\.sgaUsdPerMonth, costs\.interestUsdPerMonth$/),
      expect.stringMatching(/^fair value of a machine: lacks a price of power/),
      expect.stringMatching(/^value of curtailment: lacks settled prices/),
    ]);
    expect(economicsText(found)).toMatch(/marginal +– /);
  });

  it("shows a class at a hashprice a fifth lower and higher, and what a TH/s of it may cost at a given price of power", () => {
    const [twenty] = economicsOf(deploymentOf(example), { ...told, powerUsdPerMwh: 50, paybackDays: 400 }).classes;
    const gross = (39 * 0.99) / (0.024 * 20 * 1.02);
    expect(twenty?.breakevenUsdPerMwh).toBeCloseTo(gross, 9);
    expect(twenty?.breakevensUsdPerMwh[0]).toBeCloseTo(gross * 0.8, 9);
    expect(twenty?.fairValueUsdPerTh).toBeCloseTo(((39 * 0.99 - 0.024 * 20 * 1.02 * 50) * 400) / 1_000, 9);
  });
});

describe("ballast economics --hashprice", () => {
  const option: { readonly flags: string; readonly parse?: (text: string) => unknown } | undefined =
    economicsCommand.options.find(({ flags }) => flags.startsWith("--hashprice"));
  const parse = (text: string): unknown => option?.parse?.(text);
  it("takes $ per PH/s and day, and refuses what looks like another unit", () => {
    expect(parse("39.13")).toBe(39.13);
    expect(() => parse("0.06")).toThrow(/looks like \$ per TH\/s per day: times 1000/);
    expect(() => parse("49710")).toThrow(/expected a hashprice in \$ per PH\/s/);
  });
});

describe("ballast economics", () => {
  it("asked of a book, wants the file of one of its sites", async () => {
    await expect(economicsCommand.run("config/book", { payback: 365 })).rejects.toThrow(
      "config/book is a book of sites; name the file of one of its sites",
    );
  });
});

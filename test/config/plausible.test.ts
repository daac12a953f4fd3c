import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { checkSiteFile } from "../../src/app/worker/siteFile.ts";

const configFolder = fileURLToPath(new URL("../../config/", import.meta.url));
const exampleText = readFileSync(join(configFolder, "example-site.yaml"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "ballast-plausible-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The example with some texts replaced, checked: errors and warnings as `key: message; expected`. */
function found(...changes: readonly (readonly [from: string, to: string])[]): { errors: string[]; warnings: string[] } {
  const text = changes.reduce(
    (before, [from, to]) => {
      if (!before.includes(from)) throw new Error(`the example has no ${from}`);
      return before.replace(from, to);
    },
    exampleText.replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml")),
  );
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  const { problems, warnings } = checkSiteFile(file);
  const line = ({ key, message, expected }: (typeof problems)[number]): string =>
    `${key}: ${message}; expected ${expected}`;
  return { errors: problems.map(line), warnings: warnings.map(line) };
}

describe("where cooling is metered is weighed against what the site meter sees", () => {
  const [air, wet] = ["cooling: { meteredAt: site }", "cooling: { meteredAt: feeder, pue: 1.03 }"] as const;

  it("one container with its cooling on the feeder fits: 1.03 on 337.5 of 924.8 kW makes 1.0109 in all, below 1.02", () => {
    expect(found([air, wet])).toEqual({ errors: [], warnings: [] });
  });

  it("feeders that together carry more than the site meter sees are refused", () => {
    expect(found([air, wet], [air, wet], [air, wet]).errors).toEqual([
      "site.pue: is 1.02, but the feeders alone count 1.03 W for each machine W by their cooling.pue; " +
        "expected at least 1.03: the site meter sees everything that the feeders carry",
    ]);
  });

  it("cooling at a feeder that takes nothing is a warning", () => {
    expect(found([air, "cooling: { meteredAt: feeder, pue: 1 }"]).warnings).toEqual([
      "meters.feeders[0].cooling.pue: is 1, so the cooling at this feeder would take nothing; " +
        "expected above 1, or meteredAt: site where the feeder carries the machines alone",
    ]);
  });
});

describe("a number in another unit is refused with the unit that it looks like", () => {
  it.each([
    [
      "powers in kW",
      [
        "powerW: 25 }\n      - { modeId: normal, hashrateThs: 104, powerW: 3068",
        "powerW: 0 }\n      - { modeId: normal, hashrateThs: 104, powerW: 3.068",
      ],
      "cohorts[0].modes[1].powerW: is 3.068; expected W of one machine, at least 100; this looks like kW: times 1000",
    ],
    [
      "a hashrate in PH/s",
      ["hashrateThs: 104,", "hashrateThs: 0.104,"],
      "cohorts[0].modes[1].hashrateThs: is 0.104, so at 3068 W the machine takes 29500 J/TH; " +
        "expected TH/s of one machine, at 5 to 200 J/TH; this looks like PH/s: times 1000",
    ],
    ["a hashrate in GH/s", ["hashrateThs: 200,", "hashrateThs: 99000,"], "this looks like GH/s: divide by 1000"],
    [
      "contracted power in W",
      ["contractedKw: 290", "contractedKw: 290000"],
      'clients[2].contracts[0].contractedKw: is 290000, the machines of "caprock" draw 286 kW with everything on; ' +
        "expected kW; this looks like W: divide by 1000",
    ],
    [
      "a block in W",
      ["quantityKw: 720", "quantityKw: 720000"],
      "supply.blocks[0].quantityKw: is 720000, the site's machines draw 943 kW with everything on; " +
        "expected kW; this looks like W: divide by 1000",
    ],
    [
      "the guard against a bad price row in kW",
      ["singleSourceMwMax: 0.75", "singleSourceMwMax: 750"],
      "policy.singleSourceMwMax: is 750 MW, all 0.943 MW of the site: one bad price row could drop it whole; " +
        "expected MW, less than the site; this looks like kW: divide by 1000",
    ],
    [
      "a price that is stale between any two runs",
      ["scedPriceSeconds: 600", "scedPriceSeconds: 60"],
      "policy.staleness.scedPriceSeconds: is 60: SCED runs come up to 330 s apart, so it would fall silent by itself; " +
        "expected at least 390 s",
    ],
    [
      "a hashprice that is stale between any two polls",
      ["hashpriceSeconds: 172800", "hashpriceSeconds: 1800"],
      "policy.staleness.hashpriceSeconds: is 1800: it is polled every 3600 s; expected at least 3600 s",
    ],
  ] as const)("%s", (_what, change, message) => {
    const { errors } = found(change);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain(message);
  });
});

describe("what is hardly meant is a warning, for a site can run with it", () => {
  it.each([
    [
      "a misspelt hub",
      ["settlementPoint: HB_WEST", "settlementPoint: HB_WETS"],
      "site.settlementPoint: is HB_WETS, no hub or zone that ERCOT had in 2024; without its price the site stays as it " +
        "is; expected HB_WEST, if that is meant",
    ],
    [
      "a fee for four times what the machines draw",
      ["contractedKw: 290", "contractedKw: 1160"],
      'clients[2].contracts[0].contractedKw: is 1160, the machines of "caprock" draw 286 kW with everything on; ' +
        "expected kW, near what the machines draw",
    ],
    [
      "a guard that lets one row move the site",
      ["singleSourceMwMax: 0.75", "singleSourceMwMax: 1"],
      "policy.singleSourceMwMax: is 1 MW, all 0.943 MW of the site: one bad price row could drop it whole; " +
        "expected less than the site",
    ],
  ] as const)("%s", (_what, change, message) => {
    expect(found(change)).toEqual({ errors: [], warnings: [message] });
  });

  it("a resource node is too rare to be known by name", () => {
    const node = [
      ["settlementPoint: HB_WEST", "settlementPoint: PECAN_ONE"],
      ["settlementPointType: HU", "settlementPointType: RN"],
    ] as const;
    expect(found(...node)).toEqual({ errors: [], warnings: [] });
  });
});

describe("what settlement would refuse, check refuses before", () => {
  it.each([
    [
      "a block without resale",
      ["resale: true", "resale: false"],
      "supply.blocks[0].resale: is false: a block without resale cannot be settled; " +
        "expected true: what is not used is sold at the settlement price",
    ],
    [
      "a slice whose block ends early",
      [
        "resale: true\n      effectiveFrom: 2024-01-01",
        "resale: true\n      effectiveFrom: 2024-01-01\n      effectiveTo: 2026-12-01",
      ],
      "clients[1].contracts[0].energy.blockKw: clients hold 220 kW of block on 2026-12-01, the supply has 0 kW; " +
        "expected no more than the supply's blocks in force on each day",
    ],
    [
      "a fixed rate that resells a block",
      ['kind: net-of-strike\n          strikeUsdPerMwh: "45.00"\n          clientShare: "0.55"', "kind: supply-resale"],
      "clients[0].contracts[1].credit.kind: is supply-resale beside energy fixed-rate, which has no block to resell; " +
        "expected net-of-strike or gross-share, or energy pass-through",
    ],
    [
      "a month between two versions",
      ["effectiveTo: 2026-07-01", "effectiveTo: 2026-06-01"],
      "clients[0].contracts[0].effectiveTo: is 2026-06-01, and the next version begins on 2026-07-01: " +
        "nothing is in force between them; expected 2026-07-01, or a version for those days",
    ],
    [
      "an open contract without machines",
      ["cohortId: caprock-s21\n    clientId: caprock", "cohortId: caprock-s21\n    clientId: mesquite"],
      'clients[2].clientId: client "caprock" has an open contract and no machines; ' +
        "expected a cohort with this clientId, or effectiveTo on its last contract",
    ],
  ] as const)("%s", (_what, change, message) => {
    expect(found(change).errors).toEqual([message]);
  });

  it("a client that has left stays in the file without machines", () => {
    const left = [
      ["cohortId: caprock-s21\n    clientId: caprock", "cohortId: caprock-s21\n    clientId: mesquite"],
      [
        "contractId: caprock-2024\n        version: 1",
        "contractId: caprock-2024\n        version: 1\n        effectiveTo: 2026-11-01",
      ],
    ] as const;
    expect(found(...left).errors).toEqual([]);
  });
});

describe("a slip of ten or a thousand where a number could still be meant", () => {
  it.each([
    ["a rate of 69.5 cents", 'rateUsdPerKwh: "0.0695"', 'rateUsdPerKwh: "0.695"', "is the point where it should be?"],
    [
      "a strike in cents per kWh",
      'strikeUsdPerMwh: "45.00"',
      'strikeUsdPerMwh: "4.5"',
      "cents per kWh would be times 10",
    ],
    [
      "a block in cents per kWh",
      'priceUsdPerMwh: "34.50"',
      'priceUsdPerMwh: "3.45"',
      "cents per kWh would be times 10",
    ],
    ["an adder in $/kWh", 'usdPerMwh: "0.63"', 'usdPerMwh: "0.00063"', "$/kWh would be times 1000"],
    [
      "2,500 W off",
      '"off", hashrateThs: 0, powerW: 25 ',
      '"off", hashrateThs: 0, powerW: 2500 ',
      "is 2500 W off, of 3068 W",
    ],
    ["a price that counts for two hours", "scedPriceSeconds: 600", "scedPriceSeconds: 7200", "at most an hour, 3600 s"],
    [
      "a read-back after the verdict",
      "settleUpSeconds: 150",
      "settleUpSeconds: 400",
      "expected less than deadlineSeconds",
    ],
  ] as const)("%s is a warning", (_what, from, to, message) => {
    const { errors, warnings } = found([from, to]);
    expect(errors).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ["a strike that no price reaches", 'strikeUsdPerMwh: "45.00"', 'strikeUsdPerMwh: "45000"', "$/MWh, at most 5000"],
    ["a block at 34,500 $/MWh", 'priceUsdPerMwh: "34.50"', 'priceUsdPerMwh: "34500"', "$/MWh, at most 1000"],
    ["an adder of 3,850 $/MWh", 'usdPerMwh: "3.85"', 'usdPerMwh: "3850"', "$/MWh, at most 100"],
    ["an age limit in ms", "scedPriceSeconds: 600", "scedPriceSeconds: 600000", "this looks like milliseconds"],
    ["a deadline in ms", "deadlineSeconds: 180", "deadlineSeconds: 180000", "this looks like milliseconds"],
    ["a password in an address", "https://www.ercot.com", "https://maria:x@www.ercot.com", "has a user, a password"],
  ] as const)("%s is an error", (_what, from, to, message) => {
    expect(found([from, to]).errors).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ["HB_WEST", "AH", "one of HU"],
    ["HB_HUBAVG", "HU", "one of AH"],
    ["HB_BUSAVG", "HU", "one of SH"],
    ["WEST", "HU", "one of RN, PCCRN, LCCRN, PUN, LZ_DC, LZ_DCEW"],
    ["PECAN_ONE", "LZ", "one of RN, PCCRN, LCCRN, PUN, LZ_DC, LZ_DCEW"],
  ] as const)("%s has no price of type %s", (point, type, expected) => {
    const { errors } = found(
      ["settlementPoint: HB_WEST", `settlementPoint: ${point}`],
      ["settlementPointType: HU", `settlementPointType: ${type}`],
    );
    expect(errors).toEqual([
      `site.settlementPointType: is ${type}, a type that ${point} does not have; expected ${expected}`,
    ]);
  });
});

describe("what is said of a file", () => {
  it("shows the beginning of a long value, and a number that is none", () => {
    const [long] = found(["siteId: pecan-draw", `siteId: ${"x".repeat(5_000)}`]).errors;
    expect(long?.length).toBeLessThan(200);
    expect(found(["contractedKw: 315", "contractedKw: .inf"]).errors).toEqual([
      expect.stringContaining("contractedKw: is Infinity; expected a number"),
    ]);
  });

  it("names the line of the market key when the file that it names is not there", () => {
    const file = join(folder, "market.yaml");
    writeFileSync(file, exampleText.replace("market/ercot.yaml", "market/ercto.yaml"));
    const [problem] = checkSiteFile(file).problems;
    expect(problem).toMatchObject({
      file,
      line: exampleText.split("\n").findIndex((line) => line.startsWith("market:")) + 1,
    });
    expect(problem?.message).toMatch(/^is market\/ercto\.yaml, which cannot be read \(ENOENT/);
  });
});

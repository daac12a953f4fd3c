import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import {
  ConfigError,
  expandHosts,
  inForceOn,
  loadMarketConstants,
  modeSetpoint,
  problemText,
} from "../../src/config/index.ts";
import { checkSiteFile, loadSiteFile } from "../../src/app/worker/siteFile.ts";
import { schemaFiles } from "../../src/app/worker/schemaFiles.ts";
import { modeStrikes } from "../../src/domain/decision/modeStrikes.ts";

const configFolder = fileURLToPath(new URL("../../config/", import.meta.url));
const example = join(configFolder, "example-site.yaml");
const exampleText = readFileSync(example, "utf8");
const folder = mkdtempSync(join(tmpdir(), "ballast-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * The example with some text replaced (all occurrences unless told), checked; problems as `line key: message;
 * expected`.
 */
function problemsWith(from: string | RegExp, to: string): string[] {
  const text = exampleText.replace("market/ercot.yaml", join(configFolder, "market/ercot.yaml")).replace(from, to);
  if (exampleText.replace(from, "") === exampleText) throw new Error(`the example has no ${from}`);
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  const { ok, problems } = checkSiteFile(file);
  expect(ok).toBe(problems.length === 0);
  for (const problem of problems) expect(problem.file).toBe(file);
  return problems.map(({ line, key, message, expected }) => `${line} ${key}: ${message}; expected ${expected}`);
}

/** A problem without its line. */
function afterLine(problem: string): string {
  return problem.replace(/^\d+ /, "");
}

/** Line of the example on which a text stands first. */
function lineOf(text: string): number {
  return exampleText.slice(0, exampleText.indexOf(text)).split("\n").length;
}

describe("configurations that come with Ballast", () => {
  const files = readdirSync(configFolder).filter((file) => file.endsWith(".yaml"));

  it.each(files)("%s has no problem", (file) => {
    expect(checkSiteFile(join(configFolder, file)).problems.map(problemText)).toEqual([]);
  });
});

describe("example site", () => {
  const config = loadSiteFile(example);

  it("loads, with the constants of its market", () => {
    expect(config.site).toMatchObject({
      siteId: "pecan-draw",
      settlementPoint: "HB_WEST",
      settlementPointType: "HU",
      control: "act",
    });
    expect(config.constants.market).toBe("ercot");
    expect(config.cohorts.map((cohort) => cohort.clientId)).toEqual(config.clients.map((client) => client.clientId));
    expect(config.cohorts.every((cohort) => expandHosts(cohort.machines.hosts).length >= 40)).toBe(true);
  });

  it("sheds the S19j Pro first and the S21 last: strikes of the step to off 48.7, 71.6 and 85.5 $/MWh", () => {
    const adders = config.supply.adders
      .filter((adder) => adder.avoidable)
      .reduce((sum, adder) => sum + Number(adder.usdPerMwh), 0);
    const terms = {
      poolFee: config.site.poolFee,
      pue: config.site.pue,
      avoidableAddersUsdPerMwh: adders,
      economic: config.policy.economic,
    };
    const lowest = config.cohorts.map((cohort) => {
      const machines = expandHosts(cohort.machines.hosts).length;
      const modes = cohort.modes.map((mode) => ({ ...mode, setpoint: modeSetpoint(mode) }));
      return modeStrikes({ ...cohort, modes, machines }, 39, terms)[0]?.strikeUsdPerMwh.toFixed(1);
    });
    expect(lowest).toEqual(["48.7", "71.6", "85.5"]);
  });

  it("matches the schema that editors use; after a change run node src/app/worker/writeSchema.ts", () => {
    for (const { name, text } of schemaFiles()) expect(readFileSync(join(configFolder, name), "utf8")).toBe(text);
  });
});

describe("a wrong configuration is refused with the line, the key and what was expected", () => {
  it("misspelt key", () => {
    expect(problemsWith("poolFee: 0.01", "poolfees: 0.01")).toEqual([
      `${lineOf("poolFee:")} site.poolfees: unknown key "poolfees", did you mean "poolFee"?; expected one of ` +
        "siteId, name, settlementPoint, settlementPointType, control, pue, poolFee, firmKw, houseKw, hasGateway, gridSource",
    ]);
  });

  it("unknown key that is like no other", () => {
    expect(problemsWith("poolFee: 0.01", "poolFee: 0.01\n  color: red")[0]).toContain(
      'site.color: unknown key "color"; expected one of siteId',
    );
  });

  it.each([
    [
      "share above 1",
      "poolFee: 0.01",
      "poolFee: 1.5",
      "poolFee:",
      "site.poolFee: is 1.5; expected a number of at most 1",
    ],
    [
      "contract share above 1",
      'clientShare: "0.70"',
      'clientShare: "1.70"',
      'clientShare: "0.70"',
      'clients[2].contracts[0].credit.clientShare: is "1.70"; expected Client\'s share',
    ],
    [
      "money as a binary number",
      'rateUsdPerKwh: "0.0740"',
      "rateUsdPerKwh: 0.0740",
      'rateUsdPerKwh: "0.0740"',
      "clients[2].contracts[0].energy.rateUsdPerKwh: is 0.074; expected text",
    ],
    [
      "form that does not exist",
      "kind: gross-share",
      "kind: gross",
      "kind: gross-share",
      'credit.kind: is "gross"; expected one of net-of-strike, gross-share, supply-resale',
    ],
    [
      "name that would write a line of its own on a statement",
      /name: Mesquite.*/,
      'name: "Mesquite\\nTOTAL due from the client, USD 0.00"',
      "name: Mesquite",
      'clients[0].name: is "Mesquite',
    ],
    [
      "day that does not exist",
      "effectiveTo: 2026-07-01",
      "effectiveTo: 2026-06-31",
      "effectiveTo:",
      'clients[0].contracts[0].effectiveTo: is "2026-06-31"; expected First operating day no longer covered',
    ],
    [
      "missing hold time",
      "    minOffMinutes: 30\n",
      "",
      "- cohortId: mesquite-s19j",
      "cohorts[0].minOffMinutes: missing; expected Minimum time off",
    ],
    [
      "bare threshold",
      "offFactor: 1.25",
      "offFactor: 1",
      "offFactor:",
      "policy.economic.offFactor: is 1: a bare threshold restarts on every noise crossing and measured worst",
    ],
    [
      "bare threshold from below",
      "onFactor: 0.9",
      "onFactor: 1",
      "onFactor:",
      "policy.economic.onFactor: is 1: a bare threshold",
    ],
    [
      "a hashprice in dollars per TH/s",
      'usdPerPhDay: "39.00"',
      'usdPerPhDay: "0.04"',
      'usdPerPhDay: "39.00',
      "feeds[5].usdPerPhDay: is 0.04",
    ],
    [
      "cap below a cohort",
      /hosts: \["127.20.1.1-.*/,
      'hosts: ["127.20.4.0-127.20.4.255"]',
      "singleSourceMwMax:",
      'MW, below the 0.801 MW of cohort "mesquite-s19j"',
    ],
    [
      "powers out of order",
      "powerW: 2192",
      "powerW: 1700",
      "{ modeId: 490MHz",
      "cohorts[1].modes[2].powerW: is 1700, not above the 1785",
    ],
    [
      "step that no price would stop at",
      "hashrateThs: 85.7",
      "hashrateThs: 60",
      "{ modeId: 490MHz",
      '"415MHz" is never the best mode; expected mode "415MHz" to be left out',
    ],
    [
      "rate in cents",
      'rateUsdPerKwh: "0.0695"',
      'rateUsdPerKwh: "6.95"',
      'rateUsdPerKwh: "0.0695"',
      "rateUsdPerKwh: is 6.95; expected $/kWh, at most 1; this looks like cents per kWh: divide by 100",
    ],
    [
      "rate in $/MWh",
      'rateUsdPerKwh: "0.0695"',
      'rateUsdPerKwh: "69.50"',
      'rateUsdPerKwh: "0.0695"',
      "rateUsdPerKwh: is 69.50; expected $/kWh, at most 1; this looks like $/MWh: divide by 1000",
    ],
    [
      "spread in cents",
      'spreadUsdPerKwh: "0.0090"',
      'spreadUsdPerKwh: "0.90"',
      "spreadUsdPerKwh:",
      "spreadUsdPerKwh: is 0.90; expected $/kWh, at most 0.25; this looks like cents per kWh: divide by 100",
    ],
    [
      "strike in $/kWh",
      'strikeUsdPerMwh: "45.00"',
      'strikeUsdPerMwh: "0.045"',
      'strikeUsdPerMwh: "45.00"',
      "strikeUsdPerMwh: is 0.045; expected $/MWh, from 1; this looks like $/kWh: times 1000",
    ],
    [
      "block price in $/kWh",
      'priceUsdPerMwh: "34.50"',
      'priceUsdPerMwh: "0.0345"',
      "priceUsdPerMwh:",
      "supply.blocks[0].priceUsdPerMwh: is 0.0345; expected $/MWh, from 1",
    ],
    [
      "fee for a MW",
      'fixedFeeUsdPerKwMonth: "1.75"',
      'fixedFeeUsdPerKwMonth: "1750"',
      'fixedFeeUsdPerKwMonth: "1.75"',
      "fixedFeeUsdPerKwMonth: is 1750; expected $ per kW and month, at most 200; this looks like $ per MW and month",
    ],
    [
      "pool fee in percent",
      "poolFee: 0.01",
      "poolFee: 1",
      "poolFee:",
      "site.poolFee: is 1; expected a share, at most 0.5; this looks like percent: divide by 100",
    ],
    [
      "zone with a hub's type",
      "settlementPoint: HB_WEST",
      "settlementPoint: LZ_WEST",
      "settlementPointType:",
      "site.settlementPointType: is HU, a type that LZ_WEST does not have; expected one of LZ, LZEW",
    ],
    [
      "normal mode that does not exist",
      "normalModeId: normal",
      "normalModeId: turbo",
      "normalModeId:",
      'cohorts[0].normalModeId: is "turbo"; expected one of normal',
    ],
    [
      "client without a contract",
      "clientId: caprock\n    model",
      "clientId: caprok\n    model",
      "clientId: caprock\n    model",
      'cohorts[2].clientId: is "caprok", a client without a contract; expected one of mesquite, bluestem, caprock',
    ],
    [
      "driver that does not exist",
      "driver: { use: luxos,",
      "driver: { use: luxoss,",
      "driver: { use: luxos,",
      'cohorts[0].driver.use: is "luxoss"; expected one of luxos',
    ],
    [
      "client without a feeder",
      /    - \{ meterId: feeder-caprock,.*\n/,
      "",
      "- clientId: caprock",
      'clients[2].clientId: client "caprock" has no feeder meter',
    ],
    [
      "no word of where cooling is metered",
      /cooling: \{ meteredAt: site \}, (meter: \{ use: pm5340, host: 127\.20\.0\.3,)/,
      "$1",
      "meterId: feeder-bluestem",
      "meters.feeders[1].cooling: missing; expected Where the power of cooling is metered: baseline and ordered-off energy",
    ],
    [
      "cooling metered nowhere that there is",
      "cooling: { meteredAt: site }",
      "cooling: { meteredAt: wall }",
      "meterId: feeder-mesquite",
      'meters.feeders[0].cooling.meteredAt: is "wall"; expected one of site, feeder',
    ],
    [
      "cooling at the feeder without what it takes",
      "cooling: { meteredAt: site }",
      "cooling: { meteredAt: feeder }",
      "meterId: feeder-mesquite",
      "meters.feeders[0].cooling.pue: missing; expected Power at this feeder for each machine watt, cooling included",
    ],
    [
      "a factor of a feeder that carries no cooling",
      "cooling: { meteredAt: site }",
      "cooling: { meteredAt: site, pue: 1.01 }",
      "meterId: feeder-mesquite",
      'meters.feeders[0].cooling.pue: unknown key "pue"; expected one of meteredAt',
    ],
    [
      "two meters at one address",
      "127.20.0.3",
      "127.20.0.2",
      "meterId: feeder-bluestem",
      'meters.feeders[1].meter: meter at "127.20.0.2:1502 unit 1" appears twice',
    ],
    [
      "contract versions in force together",
      "effectiveFrom: 2026-07-01",
      "effectiveFrom: 2026-06-01",
      "effectiveFrom: 2026-07-01",
      "clients[0].contracts[1].effectiveFrom: is 2026-06-01, when version 1 is still in force",
    ],
    [
      "more block sold than bought",
      /blockKw: \d+/,
      "blockKw: 9000",
      "blockKw:",
      "clients hold 9000 kW of block on 2024-01-01, the supply has",
    ],
    [
      "backward address range",
      /127.20.3.1-127.20.3.\d+/,
      "127.20.3.40-127.20.3.1",
      "127.20.3.1",
      '"127.20.3.40-127.20.3.1": the last address is below the first',
    ],
    [
      "address that is none",
      /127.20.3.1-127.20.3.\d+/,
      "127.20.3.300",
      "127.20.3.1",
      '"127.20.3.300" is not an IPv4 address',
    ],
    [
      "overlapping address ranges",
      /127.20.3.1-127.20.3.\d+/,
      "127.20.2.50-127.20.2.70",
      "127.20.3.1",
      'overlaps: 127.20.2.50:4028 already belongs to cohort "bluestem-s19k"',
    ],
  ])("%s", (_what, from, to, where, message) => {
    const problems = problemsWith(from, to);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(Number(problems[0]?.split(" ")[0])).toBe(lineOf(where));
  });

  it("every problem at once, in the order of the file", () => {
    const problems = problemsWith(/minOnMinutes: 15/g, "minOnMinutes: soon");
    expect(problems.map((problem) => problem.split(":")[0])).toHaveLength(3);
    expect(problems.map((problem) => Number(problem.split(" ")[0]))).toEqual(
      problems.map((problem) => Number(problem.split(" ")[0])).toSorted((a, b) => a - b),
    );
  });

  it("a key given twice, and text that is no YAML", () => {
    expect(problemsWith("poolFee: 0.01", "poolFee: 0.01\n  poolFee: 0.02")[0]).toContain(
      "Map keys must be unique; expected valid YAML",
    );
    expect(problemsWith("poolFee: 0.01", "poolFee: [0.01").length).toBeGreaterThan(0);
  });

  it("a file that is not there", () => {
    expect(checkSiteFile(join(folder, "nowhere.yaml"))).toMatchObject({
      ok: false,
      problems: [{ line: 1, expected: "a readable YAML file" }],
    });
    const file = join(folder, "nowhere-market.yaml");
    writeFileSync(file, exampleText.replace("market/ercot.yaml", "market/nowhere.yaml"));
    expect(checkSiteFile(file)).toMatchObject({
      ok: false,
      problems: [{ file, key: "market", expected: "a readable YAML file" }],
    });
  });

  it("a file of the form before: one problem, which says what each of its keys is written as", () => {
    const [problem, ...others] = problemsWith("schema: ballast.config/2", "schema: ballast.config/1");
    expect(others).toEqual([]);
    expect(problem).toContain(
      "schema: is ballast.config/1, a form that is not read; expected ballast.config/2: feeds as a list",
    );
  });

  it("prices that nothing corrects, no hashprice: what is lacking, and the entry that gives it", () => {
    expect(problemsWith(/  - \{ use: ercot\/np4-197-m.*\n/, "")).toEqual([
      `${lineOf("  - { use: ercot/np6-788")} feeds: none of them gives: Corrections of real-time prices, ` +
        "hours to weeks after the day: settlement prices, SCED LMPs, MCPC; " +
        "expected an entry such as { use: ercot/np4-197-m, pollEverySeconds: 600, pollOffsetSeconds: 30 }",
    ]);
    expect(problemsWith(/  - \{ use: hashprice\/constant.*\n/, "")[0]).toContain(
      'an entry such as { use: hashprice/constant, usdPerPhDay: "39.00", pollEverySeconds: 3600 }',
    );
  });

  it("a hashprice that is to be made: of which part no feed is listed, without its rule, or beside one that is told", () => {
    const constant = /  - \{ use: hashprice\/constant.*\n/;
    const kraken = "  - { use: exchange/kraken, baseUrl: https://api.kraken.com, pollEverySeconds: 300 }\n";
    const explorer = "  - { use: bitcoin/explorer, baseUrl: https://mempool.space, pollEverySeconds: 300 }\n";
    const without = "policy: has no hashprice; expected how it is made: payout, maxDifferenceShare, maxMoveShare, ...";
    expect(problemsWith(constant, kraken).map(afterLine)).toEqual([
      without,
      "feeds: none of them brings the Bitcoin network; expected a feed of it beside the price of bitcoin",
    ]);
    expect(problemsWith(constant, kraken + explorer).map(afterLine)).toEqual([without]);
    expect(problemsWith("feeds:\n", `feeds:\n${kraken}${explorer}`).map(afterLine)).toEqual([
      without,
      "feeds[7].use: tells the hashprice, and other feeds bring the Bitcoin network and price of bitcoin that it is " +
        "made of; expected the one or the others",
    ]);
    const rule =
      "  hashprice: { payout: fpps, maxDifferenceShare: 0.01, maxMoveShare: 0.05, moveStandsAfterSeconds: 900 }\n";
    expect(problemsWith("  singleSourceMwMax", `${rule}  singleSourceMwMax`).map(afterLine)).toEqual([
      "policy.hashprice: is read by nothing: no feed brings what a hashprice is made of; " +
        "expected feeds of Bitcoin network and price of bitcoin, or no such key",
    ]);
    const between = /  singleSourceMwMax[\s\S]*- \{ use: hashprice\/constant.*\n/;
    const made = rule + between.exec(exampleText)?.[0].replace(constant, kraken + explorer);
    expect(problemsWith(between, made)).toEqual([]);
    const hasty = made.replace("kraken.com, pollEvery", "kraken.com, silentAfterSeconds: 120, pollEvery");
    expect(problemsWith(between, hasty).map(afterLine)).toEqual([
      "feeds[5].pollEverySeconds: is 300: what it said is too old after 120 s; " +
        "expected at most 120 s, or a longer silentAfterSeconds and staleness.hashpriceSeconds",
    ]);
  });

  it("two feeds that give the same: which one is too many", () => {
    const hashprice = "  - { use: hashprice/file, path: prices.csv, pollEverySeconds: 3600 }\n";
    expect(problemsWith("feeds:\n", `feeds:\n${hashprice}`)).toEqual([
      expect.stringContaining("feeds[6].use: is hashprice/constant, and feeds[0] gives the same already"),
    ]);
  });

  it("an address of ERCOT with a password or a query", () => {
    expect(problemsWith("baseUrl: https://www.ercot.com", "baseUrl: https://me:secret@www.ercot.com/?a=1")).toEqual([
      expect.stringContaining("sources.ercot.baseUrl: has a user, a password, a query or a fragment"),
    ]);
  });

  it("a second route to the grid page without a name or an address, named twice, or silent between two polls", () => {
    const page = "  - { use: ercot/daily-prc, pollEverySeconds: 60, pollOffsetSeconds: 20 }\n";
    const withRoute = (...settings: readonly string[]): string[] =>
      problemsWith(page, page + settings.map((one) => page.replace("pollEvery", `${one}, pollEvery`)).join(""));
    const mirror = "route: mirror, baseUrl: https://mirror.example.com";
    expect(withRoute(mirror)).toEqual([]);
    expect(withRoute(`${mirror}, silentAfterSeconds: 119`)).toEqual([
      expect.stringContaining("feeds[5].silentAfterSeconds: is 119: it is polled every 60 s; expected at least 120 s"),
    ]);
    expect(withRoute("route: mirror")).toEqual([
      expect.stringContaining("feeds[5].route: is given without baseUrl; expected both for a second route"),
    ]);
    expect(withRoute("baseUrl: https://mirror.example.com")).toEqual([
      expect.stringContaining("feeds[5].use: is ercot/daily-prc, and feeds[4] gives the same already"),
      expect.stringContaining("feeds[5].baseUrl: is given without route"),
    ]);
    expect(withRoute(mirror, mirror)).toEqual([
      expect.stringContaining("feeds[6].use: is ercot/daily-prc, and feeds[5] gives the same already"),
    ]);
    expect(withRoute("route: mirror, baseUrl: https://me:secret@mirror.example.com")).toEqual([
      expect.stringContaining("feeds[5].baseUrl: has a user, a password, a query or a fragment"),
    ]);
  });

  it("polls that a source does not take, and an unknown setting of one", () => {
    expect(
      problemsWith("{ use: ercot/daily-prc, pollEverySeconds: 60,", "{ use: ercot/daily-prc, pollEverySeconds: 10,"),
    ).toEqual([expect.stringContaining("feeds[4].pollEverySeconds: is 10; expected a number of at least 30")]);
    expect(problemsWith("pollRetrySeconds: 8", "pollRetrySecond: 8")).toEqual([
      expect.stringContaining(
        'feeds[0].pollRetrySecond: unknown key "pollRetrySecond", did you mean "pollRetrySeconds"?',
      ),
    ]);
  });

  it("as one error that a terminal can show", () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, "schema: ballast.config/9\n");
    expect(() => loadSiteFile(file)).toThrow(ConfigError);
    expect(() => loadSiteFile(file)).toThrow(
      `${file}:1:9 schema: is ballast.config/9, a form that is not read here; expected ballast.config/2`,
    );
    expect(problemText({ file: "a.yaml", line: 3, column: 5, key: "", message: "bad", expected: "good" })).toBe(
      "  a.yaml:3:5 bad; expected good",
    );
  });
});

describe("market constants", () => {
  const market = loadMarketConstants(join(configFolder, "market/ercot.yaml"));

  it.each([
    ["2021-02-15", 9000],
    ["2024-08-20", 5000],
    ["2025-12-04", 5000],
    ["2025-12-05", 2000],
  ])("cap on %s: %d $/MWh", (day, cap) => {
    expect(inForceOn(market.priceCapsUsdPerMwh, day).value).toBe(cap);
  });

  it("knows no thresholds before its first row rather than guessing them", () => {
    expect(() => inForceOn(market.prcThresholdsMw, "2021-02-15")).toThrow(/nothing in force on 2021-02-15/);
    expect(inForceOn(market.prcThresholdsMw, "2026-08-18")).toMatchObject({
      watch: 3000,
      eea1: 2500,
      eea2: 2000,
      eea3: 1500,
    });
  });

  it("gives a source for every row", () => {
    const rows = [...market.priceCapsUsdPerMwh, ...market.priceFloorsUsdPerMwh, ...market.prcThresholdsMw];
    expect(rows.every((row) => row.source.length > 10)).toBe(true);
  });

  it("refuses rows out of order", () => {
    const file = join(folder, "market.yaml");
    writeFileSync(
      file,
      readFileSync(join(configFolder, "market/ercot.yaml"), "utf8").replace(
        "effectiveFrom: 2022-01-01",
        "effectiveFrom: 2014-01-01",
      ),
    );
    expect(() => loadMarketConstants(file)).toThrow(
      /priceCapsUsdPerMwh\[1\].effectiveFrom: is 2014-01-01, not after 2015-06-01/,
    );
  });
});

describe("address ranges", () => {
  it("run over byte boundaries in order", () => {
    expect(expandHosts(["10.0.0.254-10.0.1.1", "10.9.9.9"])).toEqual([
      "10.0.0.254",
      "10.0.0.255",
      "10.0.1.0",
      "10.0.1.1",
      "10.9.9.9",
    ]);
  });

  it("of 13 million machines are refused within 2 s of computing: none is written out", () => {
    const ranges = Array.from({ length: 200 }, (_, i) => `10.${i}.0.0-10.${i}.255.255`);
    const before = process.threadCpuUsage();
    const problems = problemsWith(/hosts: \["127.20.1.1-.*/, `hosts: [${ranges.join(", ")}]`);
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(2_000);
    expect(problems.join("\n")).toContain("cohorts: have 13107390 machines; expected at most 65536 at a site");
    expect(() => expandHosts(ranges)).toThrow("more than 65536 addresses in one list");
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { ConfigError } from "../../src/config/index.ts";
import { projectPath } from "../app/smallSite.ts";

const example = readFileSync(projectPath("config/example-site.yaml"), "utf8").replace(
  "market/ercot.yaml",
  projectPath("config/market/ercot.yaml"),
);
const folder = mkdtempSync(join(tmpdir(), "ballast-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * What a start with the example, some of its text replaced, is refused with: every problem as `line:column key:
 * message; expected ...`.
 */
function refusal(...changes: readonly (readonly [from: string, to: string])[]): string[] {
  const file = join(folder, "site.yaml");
  let text = example;
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the example has no ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(file, text);
  try {
    loadDeployment(file, "2026-08-18");
  } catch (error) {
    if (error instanceof ConfigError)
      return error.message
        .split("\n")
        .slice(1)
        .map((line) => line.trim().replace(`${file}:`, ""));
    throw error;
  }
  return [];
}

/** Line of the example on which a text stands first. */
const lineOf = (text: string): number => example.slice(0, example.indexOf(text)).split("\n").length;

const SPARE_METER =
  "    - { meterId: feeder-spare, clientId: dogwood, cooling: { meteredAt: site }, " +
  "meter: { use: pm5340, host: 127.20.0.5, port: 1502, unit: 1 } }\n";
const CAPROCK_METER = "    - { meterId: feeder-caprock";

describe("a site does not start on a configuration that cannot be; the message names file, line, key and what was expected", () => {
  it.each([
    [
      "a negative power",
      "powerW: 2192",
      "powerW: -2192",
      "powerW: 2192",
      "cohorts[1].modes[2].powerW: is -2192; expected a number of at least 0: Power of one machine, W",
    ],
    [
      "a power that is a word",
      "powerW: 2192",
      "powerW: much",
      "powerW: 2192",
      'cohorts[1].modes[2].powerW: is "much"; expected a number',
    ],
    [
      "a negative hashrate",
      "hashrateThs: 85.7",
      "hashrateThs: -85.7",
      "hashrateThs: 85.7",
      "cohorts[1].modes[1].hashrateThs: is -85.7; expected a number of at least 0",
    ],
    [
      "a negative contracted power",
      "contractedKw: 290",
      "contractedKw: -290",
      "contractedKw: 290",
      "clients[2].contracts[0].contractedKw: is -290; expected a number of at least 1",
    ],
    [
      "a share of a strike contract above 1",
      'clientShare: "0.50"',
      'clientShare: "1.01"',
      'clientShare: "0.50"',
      'clients[0].contracts[0].credit.clientShare: is "1.01"; expected Client\'s share of what the price gives above the strike; share from 0 to 1 in quotes',
    ],
    [
      "a share below 0",
      'clientShare: "0.70"',
      'clientShare: "-0.10"',
      'clientShare: "0.70"',
      'clients[2].contracts[0].credit.clientShare: is "-0.10"',
    ],
    [
      "a share of the adder above 1",
      "adderShare: 0.5",
      "adderShare: 1.5",
      "adderShare:",
      "policy.economic.adderShare: is 1.5; expected a number of at most 1",
    ],
    [
      "less power at the wall than in the machines",
      "pue: 1.02",
      "pue: 0.98",
      "pue:",
      "site.pue: is 0.98; expected a number of at least 1",
    ],
    [
      "a misspelt key inside a mode",
      "{ modeId: 415MHz, hashrateThs: 85.7, powerW: 1785,",
      "{ modeId: 415MHz, hashrateThs: 85.7, powrW: 1785,",
      "modeId: 415MHz",
      'cohorts[1].modes[1].powrW: unknown key "powrW", did you mean "powerW"?',
    ],
    [
      "a misspelt key inside a contract",
      "sharesNegative: false",
      "sharesNegativ: false",
      "sharesNegative:",
      'clients[2].contracts[0].credit.sharesNegativ: unknown key "sharesNegativ", did you mean "sharesNegative"?',
    ],
    [
      "a register that rolls over below what an hour brings",
      "meterId: site, meter: { use: pm5340,",
      "meterId: site, meter: { use: pm5340, registerRolloverWh: 1000,",
      "meterId: site,",
      "meters.site.meter.registerRolloverWh: is 1000; expected a number of at least 1000000",
    ],
    [
      "a meter model without a register map",
      "meterId: site, meter: { use: pm5340",
      "meterId: site, meter: { use: pm8000",
      "meterId: site,",
      'meters.site.meter.use: is "pm8000"; expected one of pm5340',
    ],
  ])("%s", (_what, from, to, where, message) => {
    const problems = refusal([from, to]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(message);
    expect(Number(problems[0]?.split(":")[0])).toBe(lineOf(where));
  });

  it("a feeder of a client that the file does not have", () => {
    expect(refusal([CAPROCK_METER, `${SPARE_METER}${CAPROCK_METER}`])).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${lineOf(CAPROCK_METER)}:\\d+ meters\\.feeders\\[2\\]\\.clientId: is "dogwood", not a client of this ` +
            "file; expected one of mesquite, bluestem, caprock$",
        ),
      ),
    ]);
  });

  it("two feeders of one client", () => {
    expect(refusal([CAPROCK_METER, `${SPARE_METER.replace("dogwood", "caprock")}${CAPROCK_METER}`])[0]).toContain(
      'meters.feeders[3].clientId: feeder of client "caprock" appears twice; expected each once',
    );
  });

  it("a version of a contract that never ends, and another after it", () => {
    const [problem] = refusal(["        effectiveTo: 2026-07-01\n", ""]);
    expect(problem).toContain(
      "clients[0].contracts[1].effectiveFrom: is 2026-07-01, when version 1 is still in force; expected one version of a client's contract in force on a day",
    );
  });

  it("several things wrong at once, each with its own line, in the order of the file", () => {
    const problems = refusal(
      ["poolFee: 0.01", "poolFee: 2"],
      ["powerW: 2192", "powerW: -1"],
      ['clientShare: "0.70"', 'clientShare: "7"'],
    );
    expect(problems.map((problem) => problem.split(" ")[1])).toEqual([
      "site.poolFee:",
      "clients[2].contracts[0].credit.clientShare:",
      "cohorts[1].modes[2].powerW:",
    ]);
  });

  it("the example as it is, and with a register that rolls over, starts", () => {
    expect(refusal()).toEqual([]);
    expect(refusal(["meter: { use: pm5340,", "meter: { use: pm5340, registerRolloverWh: 999999999000,"])).toEqual([]);
  });
});

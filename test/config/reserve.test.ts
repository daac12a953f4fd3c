import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { unnamedResources } from "../../src/app/ingress/unnamedResources.ts";
import { siteSummary, siteSummaryText } from "../../src/app/status/siteSummary.ts";
import { deploymentChanges } from "../../src/app/system/deploymentChanges.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { checkSiteFile } from "../../src/app/worker/siteFile.ts";
import { RESERVE_PRODUCTS } from "../../src/config/schema/reserve.ts";
import { CAPACITY_PRODUCTS } from "../../src/domain/market/capacityProducts.ts";

const DAY = "2026-08-18";
const EXAMPLE = readFileSync("config/example-site.yaml", "utf8");
/** The group as the example's comment has it. */
const COMMENTED = (/^#   reserve:\n(?:#     .*\n)+/m.exec(EXAMPLE)?.[0] ?? "").replaceAll(/^#   /gm, "");

/** The example's file with its commented reserve in force, a piece of it replaced. */
function siteWith(from: RegExp | string = "", to = ""): string {
  const folder = mkdtempSync(join(tmpdir(), "ballast-reserve-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "site.yaml");
  writeFileSync(
    file,
    EXAMPLE.replace("market/ercot.yaml", resolve("config/market/ercot.yaml")).replace(
      /^sources:$/m,
      `${COMMENTED.replace(from, to)}sources:`,
    ),
  );
  return file;
}

const foundIn = (from: RegExp | string, to: string) => {
  const { problems, warnings } = checkSiteFile(siteWith(from, to), DAY);
  return [...problems, ...warnings].map(({ key, message, expected }) => `${key} ${message} (${expected})`);
};

it("the example's reserve holds, and its operating days begin at Central midnight", () => {
  expect(COMMENTED).toContain("PECAN_LD1");
  expect(foundIn("", "")).toEqual([]);
  const { reserve } = loadDeployment(siteWith(), DAY).plan;
  expect(reserve?.resources[0]?.products).toEqual([
    {
      product: "ECRS",
      asTypes: ["ECRSM"],
      maxMw: "0.6",
      qualifiedFrom: "2026-06-01T05:00:00.000Z",
      responseMinutes: 10,
      sustainMinutes: 60,
    },
  ]);
  expect(reserve?.gates[1]).toEqual({
    gateId: "margin",
    called: "margin posted with the QSE",
    metFrom: "2026-06-01T05:00:00.000Z",
    until: "2027-01-01T06:00:00.000Z",
  });
  expect(loadDeployment("config/example-site.yaml", DAY).plan.reserve).toBeUndefined();
});

it.each([
  [/"0.6"/, '"600"', /^reserve.resources\[0\].products\[0\].maxMw is 600 MW, .*this looks like kW: divide by 1000/],
  [/"0.6"/, '"0"', /maxMw is 0 \(MW above 0/],
  [/maxMw: "0.6"/, 'maxKw: "600"', /maxKw/],
  [/product: ECRS /, "product: ECSR ", /product .*ECRS/],
  [/\[ECRSM\]/, "[ECRSM, RRSUF]", /asTypes\[1\] is "RRSUF", a kind of RRS \(a kind of ECRS/],
  [/\[ECRSM\]/, "[ERS-10]", /asTypes\[0\] is "ERS-10", a kind of no service known here/],
  [
    /product: ECRS (.*\n.*)\[ECRSM\]/,
    "product: REGUP $1[REGUP]",
    /product is REGUP of an NCLR, which follows no four-second signal/,
  ],
  [
    /qualifiedFrom: 2026-06-01\n/,
    "qualifiedFrom: 2026-06-01\n          qualifiedUntil: 2026-06-01\n",
    /qualifiedUntil is 2026-06-01, so it is never qualified \(after 2026-06-01\)/,
  ],
  [/lowPowerKw: 40 /, "lowPowerKw: 0.04 ", /lowPowerKw is 0.04 kW, below the .* kW of its machines when they are off/],
  [/lowPowerKw: 40 /, "lowPowerKw: 40000 ", /lowPowerKw is 40000 kW, and the machines take/],
  [/metFrom: 2026-06-01, until/, "until", /gates\[1\].until is 2027-01-01 of a gate that is never met/],
  [/until: 2027-01-01/, "until: 2026-01-01", /gates\[1\].until is 2026-01-01, so it is never met/],
  [/gateId: margin/, "gateId: hedge", /gates\[1\].gateId gate "hedge" appears twice/],
  [/highShare: 1.5/, "highShare: 150", /band.highShare/],
] as const)("%s as %s is found", (from, to, said) => {
  const found = foundIn(from, to);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(said);
});

it("reserve without a feed of clearing prices is warned of: nothing would ever be bought back", () => {
  const file = siteWith();
  writeFileSync(file, readFileSync(file, "utf8").replace(/^.*ercot\/np6-332.*\n/m, ""));
  expect(checkSiteFile(file, DAY).warnings.map(({ key, expected }) => [key, expected])).toEqual([
    ["reserve", "one of ercot/np6-332 among the feeds"],
  ]);
});

it("the file's services are those of the domain", () => {
  expect([...RESERVE_PRODUCTS]).toEqual(CAPACITY_PRODUCTS.map(({ product }) => product));
});

it("a change of what is sold is told by resource and service", () => {
  const [before, after] = [loadDeployment(siteWith(), DAY), loadDeployment(siteWith(/"0.6"/, '"0.5"'), DAY)];
  expect(deploymentChanges(before, after)).toEqual([
    "plan.reserve.resources[PECAN_LD1].products[ECRS].maxMw: 0.6 → 0.5",
  ]);
});

it("the summary of a check says what is sold, and until when", () => {
  expect(siteSummaryText(siteSummary(siteWith(), DAY))).toContain(
    "Reserve  PECAN_LD1 (NCLR): ECRS as ECRSM up to 0.6 MW, from 2026-06-01\n" +
      "         gate: forward hedge in place, from 2026-06-01\n",
  );
});

it("resources that only the doors or only a site's file names are told when the doors open", () => {
  const plans = [loadDeployment(siteWith(), DAY).plan, loadDeployment("config/book/salt-fork.yaml", DAY).plan];
  const doors = (resource: string) => [{ resources: { [resource]: "pecan-draw", SALT_LD1: "salt-fork" } }];
  expect(unnamedResources(doors("PECAN_LD1"), plans)).toEqual([]);
  expect(unnamedResources(doors("PECAN_LD2"), plans)).toEqual([
    "PECAN_LD2, an issuer's resource, is not in reserve.resources of pecan-draw's file",
    "PECAN_LD1 of pecan-draw's reserve is no issuer's: no award of it can come",
  ]);
});

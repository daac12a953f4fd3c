import { readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { asWritten } from "../../src/app/worker/asWritten.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { siteFileSchema } from "../../src/app/worker/registries.ts";

interface Plan {
  readonly pue: number;
  readonly firmKw?: number;
  readonly economic: { readonly offFactor: number; readonly kind?: string };
}
const economic = { offFactor: 1.25 };

it("the compiler alone refuses a file's shape with a key too few, too many, or of another type than the plan's", () => {
  const file: { pue: number; firmKw?: number; economic: { offFactor: number } } = { pue: 1.02, economic };
  expect(asWritten<Plan>()(file)).toBe(file);
  const { pue: _, ...missing } = file;
  // @ts-expect-error pue is missing
  expect(asWritten<Plan>()(missing)).toBe(missing);
  const { firmKw: _firmKw, ...fewer } = file;
  // @ts-expect-error firmKw is missing, though it is optional
  expect(asWritten<Plan>()(fewer)).toBe(fewer);
  const more = { ...file, houseKw: 15 };
  // @ts-expect-error the plan has no houseKw
  expect(asWritten<Plan>()(more)).toBe(more);
  const text = { ...file, pue: "1.02" };
  // @ts-expect-error pue is a number
  expect(asWritten<Plan>()(text)).toBe(text);
  const inside = { ...file, economic: { ...economic, onFactor: 0.9 } };
  // @ts-expect-error the plan's economic has no onFactor
  expect(asWritten<Plan>()(inside)).toBe(inside);
});

const RULE = "{ payout: fpps, maxDifferenceShare: 0.01, maxMoveShare: 0.05, moveStandsAfterSeconds: 1800 }";
const PEAKS =
  "{ tariffUsdPerKwYear: 70, leastProbability: 0.002, restartMinutes: 15, " +
  "errors: { byHoursAhead: [{ hours: 24, share: 0.03 }], shapeShare: 0.01 } }";
const PARTS =
  "  - { use: bitcoin/explorer, baseUrl: https://mempool.space, pollEverySeconds: 300 }\n" +
  "  - { use: exchange/kraken, baseUrl: https://api.kraken.com, pollEverySeconds: 300 }\n";

it("every key of site and policy reaches the plan, firm and house load too; name, gateway and dispatch are no part of a decision", () => {
  const folder = mkdtempSync(join(tmpdir(), "ballast-plan-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "site.yaml");
  const example = readFileSync("config/example-site.yaml", "utf8");
  writeFileSync(
    file,
    example
      .replace("market/ercot.yaml", resolve("config/market/ercot.yaml"))
      .replace("  poolFee: 0.01\n", "  poolFee: 0.01\n  firmKw: 250\n  houseKw: 12.5\n")
      .replace("  singleSourceMwMax:", `  hashprice: ${RULE}\n  coincidentPeak: ${PEAKS}\n  singleSourceMwMax:`)
      .replace(/  - \{ use: hashprice\/constant.*\n/, PARTS),
  );
  const { plan } = loadDeployment(file, "2026-08-18");
  const { site, policy } = siteFileSchema.shape;
  const configured = [...Object.keys(site.shape), ...Object.keys(policy.shape)];
  const computed = ["cohorts", "avoidableAddersUsdPerMwh", "priceFloorUsdPerMwh", "priceCapUsdPerMwh", "factSources"];
  const kept = configured.filter((key) => !["name", "hasGateway", "dispatch"].includes(key));
  expect(Object.keys(plan).toSorted()).toEqual([...kept, ...computed].toSorted());
  expect(plan).toMatchObject({ firmKw: 250, houseKw: 12.5 });
  expect(plan.coincidentPeak?.rules.map(({ called, months }) => [called, months])).toEqual([["4CP", [6, 7, 8, 9]]]);
  expect(Object.keys(plan.coincidentPeak?.rules[0] ?? {})).not.toContain("source");
});

import { expect, it } from "vitest";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { maxKwOf } from "../../src/app/worker/settledMeters.ts";

it("a meter is believed up to 1.25 times what it meters of the machines behind it: the site with cooling, a feeder as it is wired", () => {
  const example = loadDeployment("config/example-site.yaml", "2026-08-18");
  const limits = example.meters.map((meter) => [meter.meterId, Number(maxKwOf(example, meter.clientId).toFixed(4))]);
  // machines × highest mode × 1.25: 110 × 3,068 W, 110 × 2,794 W, 80 × 3,500 W; the site meter × 1.02,
  // the feeders carry no cooling
  expect(limits).toEqual([
    ["site", 1179.1455],
    ["feeder-mesquite", 421.85],
    ["feeder-bluestem", 384.175],
    ["feeder-caprock", 350],
  ]);
  const container = example.plan.cohorts.map((cohort) =>
    cohort.clientId === "caprock" ? { ...cohort, feederPue: 1.01 } : cohort,
  );
  const mixed = { ...example, plan: { ...example.plan, cohorts: container } };
  // 80 × 3,500 W × 1.01 × 1.25
  expect(maxKwOf(mixed, "caprock")).toBeCloseTo(353.5, 6);
  expect(maxKwOf(example, "house")).toBeCloseTo(1179.1455, 6);
});

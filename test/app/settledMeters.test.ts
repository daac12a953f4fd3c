import { expect, it } from "vitest";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { maxKwOf } from "../../src/app/worker/settledMeters.ts";

it("a meter is believed up to 1.25 times the nameplate of the machines behind it at the wall, the site's own limits", () => {
  const example = loadDeployment("config/example-site.yaml", "2026-08-18");
  const limits = example.meters.map((meter) => [meter.meterId, Number(maxKwOf(example, meter).toFixed(4))]);
  // machines × highest mode × PUE 1.02 × 1.25: 110 × 3,068 W, 110 × 2,794 W, 80 × 3,500 W
  expect(limits).toEqual([
    ["site", 1179.1455],
    ["feeder-mesquite", 430.287],
    ["feeder-bluestem", 391.8585],
    ["feeder-caprock", 357],
  ]);
  const [site] = example.meters;
  const unlisted = { ...site, meterId: "feeder-house", clientId: "house" } as (typeof example.meters)[number];
  expect(maxKwOf(example, unlisted)).toBeCloseTo(1179.1455, 6);
});

import { afterAll, describe, expect, it } from "vitest";
import type { MeterSettings } from "../../src/ports/meterKind.ts";
import { startMeters } from "../../src/simulators/meter/meters.ts";
import { plantedPage } from "../support/plantedPage.ts";

const page = plantedPage("docs/add-a-meter.md");
afterAll(page.remove);
const load = async (): Promise<any> => {
  const { loadDeployment } = await page.load("src/app/worker/loadDeployment.ts");
  return loadDeployment(`${page.root}/config/example-site.yaml`, "2026-08-18");
};

describe("a meter that a file and a line bring, as the page says", () => {
  it("is one file, one line, and its name in a site's file", () => {
    expect(page.steps).toEqual([
      "src/adapters/meter/schneiderIem3255.ts",
      "src/adapters/meter/index.ts +1",
      "config/example-site.yaml +1",
    ]);
  });

  it("is read at a site that names it, over a socket: power and register of 5 kW", async () => {
    const atMs = Date.parse("2026-08-18T22:00:00Z");
    const sim = await startMeters({
      clock: { nowMs: () => atMs },
      source: { feederIds: ["north"], feederWatts: () => 5_000, feederWattHours: () => 0 },
      meters: [{ meterId: "feeder-caprock", kind: "feeder", feederId: "north", startWh: 7_000n, unitId: 12 }],
    });
    const { metersOf } = await page.load("src/app/worker/outside.ts");
    const deployment = await load();
    const meters = metersOf(
      {
        ...deployment,
        meters: deployment.meters
          .filter(({ meterId }: { meterId: string }) => meterId === "feeder-caprock")
          .map((one: { meter: MeterSettings }) => ({
            ...one,
            meter: { ...one.meter, host: sim.meters[0]?.host, port: sim.meters[0]?.port },
          })),
      },
      (_meterId: string, error: Error) => {
        throw error;
      },
    );
    const [reading] = await meters.read(["feeder-caprock"], "2026-08-18T22:00:00.000Z");
    meters.close();
    await sim.close();
    expect(reading).toMatchObject({ quality: "metered", registerWh: 7_000n });
    expect(reading.powerKw).toBeCloseTo(5, 1);
  });

  it("is settled by its own roll-over and shown by its address", async () => {
    const { settledMeters } = await page.load("src/app/worker/settledMeters.ts");
    const { siteSummary, siteSummaryText } = await page.load("src/app/status/siteSummary.ts");
    expect(settledMeters(await load()).at(-1)).toMatchObject({ meterId: "feeder-caprock", rolloverWh: 2n ** 63n });
    const summary = siteSummary(`${page.root}/config/example-site.yaml`, "2026-08-18");
    expect(siteSummaryText(summary)).toContain("feeder-caprock (caprock, iem3255, 127.20.0.4:1502 unit 12)");
  });
});

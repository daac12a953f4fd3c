import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { plantedPage } from "../support/plantedPage.ts";

const page = plantedPage("docs/add-a-driver.md");
afterAll(page.remove);
const load = async (): Promise<any> => {
  const { loadDeployment } = await page.load("src/app/worker/loadDeployment.ts");
  return loadDeployment(`${page.root}/config/example-site.yaml`, "2026-08-18");
};

describe("a driver that a file and a line bring, as the page says", () => {
  it("is one file, one line, and a cohort that names it", () => {
    expect(page.steps).toEqual([
      "src/adapters/fleet/exampleOs.ts",
      "src/adapters/fleet/registry.ts +1",
      "config/example-site.yaml +3",
    ]);
  });

  it("commands the machines of that cohort, by its own protocol and at its own port", async () => {
    const said: string[] = [];
    const miner = createServer((socket) => {
      socket.on("data", (bytes) => {
        const { cmd } = JSON.parse(bytes.toString("utf8")) as { cmd: string };
        said.push(cmd);
        socket.end(cmd === "status" ? '{"state":"mining","watts":3490}\n' : '{"ok":true}\n');
      });
    });
    await new Promise<void>((resolve) => miner.listen(0, "127.0.0.1", resolve));
    const { port } = miner.address() as AddressInfo;
    const deployment = await load();
    const [machine] = deployment.machines.filter((one: { cohortId: string }) => one.cohortId === "caprock-s21");
    expect(machine).toMatchObject({ driver: "example", port: 9999 });
    const { fleetOf } = await page.load("src/app/worker/outside.ts");
    const here = { ...machine, host: "127.0.0.1", port };
    const fleet = fleetOf([{ ...deployment, machines: [here] }]);
    const never = new AbortController().signal;
    const results: object[] = [];
    await fleet.apply([{ machine: here, point: { kind: "off" } }], never, (one: object) => void results.push(one));
    const [reading] = await fleet.read([here], "2026-08-18T22:00:00.000Z", never);
    await new Promise((resolve) => miner.close(resolve));
    expect(results).toEqual([{ machineId: machine.machineId, outcome: "acknowledged", writes: 1 }]);
    expect(reading).toMatchObject({ state: "running", powerW: 3490 });
    expect(said).toEqual(["status", "sleep", "status"]);
  });

  it("refuses in a site's file what its capabilities do not name", async () => {
    const { memberFindings } = await page.load("src/app/worker/memberFindings.ts");
    const { loadSiteFile } = await page.load("src/app/worker/siteFile.ts");
    const site = loadSiteFile(`${page.root}/config/example-site.yaml`);
    const half = site.cohorts.with(2, {
      ...site.cohorts[2],
      modes: site.cohorts[2].modes.with(1, { ...site.cohorts[2].modes[1], percent: 50 }),
    });
    const found = memberFindings({ ...site, cohorts: half }) as { path: unknown[]; message: string }[];
    expect(found.map(({ path, message }) => `${path.join(".")} ${message}`)).toEqual([
      'cohorts.2.modes.1.percent is "50", which driver example cannot send: it runs at its normal power or sleeps',
    ]);
  });
});

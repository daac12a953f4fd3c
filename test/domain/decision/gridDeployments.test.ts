import { describe, expect, it } from "vitest";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, hashprice, scedLmp, site, TestSite } from "./site.ts";

const PAGE = "grid-condition";

/** What the dashboard says: `level` twice, `next` in its newest poll. */
const says = (time: string, level: GridLevel, next?: GridLevel): SiteInput => ({
  kind: "grid-condition",
  id: `${PAGE}/${time}`,
  at: at(time),
  feedId: PAGE,
  level,
  since: addSeconds(at(time), -60),
  next,
  stateText: next ?? level,
  observedAt: at(time),
  source: "dashboard/daily-prc",
  contentHash: "00",
});
/** The adder report of a SCED run: MW of load resources, of ERS, of large load. */
const deploys = (time: string, loadResourcesMw: number, ersMw: number, largeLoadMw?: number): SiteInput => ({
  kind: "sced-adders",
  id: `sced-adders/${time}`,
  at: at(time),
  scedAt: at(time),
  adderUsdPerMwh: 0,
  loadResourcesMw,
  ersMw,
  ...(largeLoadMw === undefined ? {} : { largeLoadMw }),
  source: "mis/13221",
  contentHash: "02",
});

/** A site whose dashboard has said normal twice by 18:30. */
function calm(): TestSite {
  const listed = { "grid-condition": [{ source: PAGE, silentAfterSeconds: 300 }] };
  const hall = new TestSite(site({ gridSource: "feed", factSources: listed }));
  for (const input of [hashprice("18:00:00"), says("18:30:00", "normal"), scedLmp("18:30:10", 30)]) hall.take(input);
  return hall;
}
const level = ({ state }: TestSite): GridLevel => state.grid.level;
const decided = (hall: TestSite): GridLevel => hall.records.at(-1)!.input.facts.grid.level;

describe("deployments in the report of adders (NP6-323)", () => {
  it("1,000 MW of load resources alone raise nothing", () => {
    const hall = calm();
    hall.take(deploys("18:35:10", 1_000, 0));
    expect([level(hall), decided(hall)]).toEqual(["normal", "normal"]);
  });

  it.each<[string, SiteInput, GridLevel, GridLevel]>([
    ["ERS, and one poll that says EEA 1", deploys("18:35:10", 0, 500), "eea1", "eea1"],
    ["ERS, and one poll that says EEA 3: EEA 1, as far as ERS goes", deploys("18:35:10", 0, 500), "eea3", "eea1"],
    ["load resources, and one poll that says EEA 2", deploys("18:35:10", 1_000, 0), "eea2", "eea2"],
    ["load resources, and one poll that says EEA 3", deploys("18:35:10", 1_000, 0), "eea3", "eea2"],
    ["large load, and one poll that says EEA 3", deploys("18:35:10", 0, 0, 800), "eea3", "eea3"],
    ["load resources, and one poll that says Watch", deploys("18:35:10", 1_000, 500), "watch", "watch"],
    ["nothing, and one poll that says EEA 2", deploys("18:35:10", 0, 0, 0), "eea2", "normal"],
  ])("%s", (_, deployment, polled, inForce) => {
    const first = calm();
    first.take(deployment);
    first.take(says("18:36:00", "normal", polled));
    expect(level(first)).toBe(inForce);
    const after = calm();
    after.take(says("18:35:00", "normal", polled));
    after.take(deployment);
    after.decideAt(at("18:36:00"));
    expect(decided(after)).toBe(inForce);
  });

  it("names the report among those that said the level", () => {
    const hall = calm();
    hall.take(deploys("18:35:10", 1_000, 0));
    hall.take(says("18:36:00", "normal", "eea2"));
    expect(hall.state.grid.saidBy).toEqual([PAGE, "sced-adders"]);
  });

  it("corroborates for 20 minutes after its run, and not after", () => {
    for (const [polledAt, inForce] of [
      ["18:55:10", "eea2"],
      ["18:55:11", "normal"],
    ] as const) {
      const hall = calm();
      hall.take(deploys("18:35:10", 1_000, 0));
      hall.take(says(polledAt, "normal", "eea2"));
      expect(level(hall)).toBe(inForce);
    }
  });

  it("keeps no level: the dashboard says normal twice while load resources are still deployed", () => {
    const hall = calm();
    hall.take(deploys("18:35:10", 1_000, 0));
    hall.take(says("18:36:00", "eea2"));
    expect(level(hall)).toBe("eea2");
    hall.take(deploys("18:40:10", 1_000, 0));
    hall.take(says("18:41:00", "eea2", "normal"));
    expect(level(hall)).toBe("eea2");
    hall.take(says("18:42:00", "normal"));
    expect(level(hall)).toBe("normal");
  });
});

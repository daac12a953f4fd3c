import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { demoPrices, DEMO_DAY } from "../../src/app/session/demoDay.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { startWorld, type World } from "../../src/app/session/world.ts";
import { probesOf, watchReadiness } from "../../src/app/system/readiness.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { freeNet, smallSite } from "./smallSite.ts";

const NOW = wallToInstant({ day: DEMO_DAY, time: "16:02:00", repeatedHour: false });
let deployment: Deployment;
let world: World;

beforeAll(async () => {
  const small = smallSite({ day: DEMO_DAY, net: await freeNet(), machinesPerCohort: 2 });
  world = await startWorld({
    startAt: NOW,
    speed: 1,
    initialHolds: ["the test"],
    prices: demoPrices(),
    seed: 4,
    faults: { lie: 0, deadAtResume: 0, dropWriteReply: 0 },
    ...simulatedSite(small),
  });
  deployment = inWorld(small, world.addresses);
});
afterAll(() => world?.close());

/** What is said and what is alarmed of, until the watch is told to end. */
function watch(site: Deployment): { said: string[]; alarms: string[]; end: () => Promise<void> } {
  const { probes, close } = probesOf(site, () => NOW);
  const ended = new AbortController();
  const said: string[] = [];
  const alarms: string[] = [];
  const done = watchReadiness(probes, {
    say: (line) => said.push(line),
    alarm: (line) => alarms.push(line),
    signal: ended.signal,
    againMs: 50,
    repeatMs: 60_000,
  });
  return { said, alarms, end: () => (ended.abort(), done.finally(close)) };
}

const oneBlank = (line: string | undefined): string | undefined => line?.trim().replace(/ {2,}/g, " ");

it("a site whose feeds, meters and machines all answer is ready, and each says what came", async () => {
  const { said, alarms, end } = watch(deployment);
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^Ready/), { timeout: 20_000 });
  await end();
  expect(alarms).toEqual([]);
  const lines = said.map(oneBlank);
  expect(lines.at(-1)).toBe("Ready: all 13 parties outside answer.");
  expect(lines).toContain("ok cohort mesquite-s19j 2 of 2 machines answer");
  expect(lines.find((line) => line?.startsWith("ok feed sced-lmp"))).toMatch(/: 1 value for this site$/);
  // Six machines of two each: 2 × (3.068 + 2.794 + 3.5) kW, their own bias and 2 % house load.
  const siteKw = Number(
    /^ok meter site ([\d.]+) kW/.exec(lines.find((line) => line?.includes("meter site")) ?? "")?.[1],
  );
  expect(siteKw).toBeGreaterThan(17);
  expect(siteKw).toBeLessThan(21);
});

it("what is dead is named at once with the reason, once; and told when it answers again", async () => {
  await world.meters.fault("site", { kind: "stopped" });
  world.fleet.inject("mesquite-s19j-0002", "dead");
  const { said, alarms, end } = watch(deployment);
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^NOT READY/), { timeout: 30_000 });
  expect(said.at(-1)).toBe(
    "NOT READY: 2 of 13 parties outside do not answer as they should. The site runs by what its policy says for their silence.",
  );
  expect(alarms.map(oneBlank)).toEqual([
    expect.stringMatching(/^not ok meter site .*ECONNREFUSED/),
    expect.stringMatching(/^not ok cohort mesquite-s19j 1 of 2 machines answer; mesquite-s19j-0002: /),
  ]);
  await world.meters.fault("site", undefined);
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^meter site answers: [\d.]+ kW at /), { timeout: 20_000 });
  await end();
  expect(alarms).toHaveLength(2);
});

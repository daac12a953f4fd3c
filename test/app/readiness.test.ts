import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { demoPrices, DEMO_DAY } from "../../src/app/session/demoDay.ts";
import { inWorld } from "../../src/app/session/localRun.ts";
import { simulatedSite } from "../../src/app/session/simulatedSite.ts";
import { startWorld, type World } from "../../src/app/session/world.ts";
import { type Answer, type Probe, probesOf, watchReadiness } from "../../src/app/system/readiness.ts";
import type { Deployment } from "../../src/app/worker/deployment.ts";
import { wallToInstant } from "../../src/domain/market/calendar.ts";
import { addSeconds } from "../../src/domain/units/instant.ts";
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

/** A party that gives one answer after the other, the last one for good. */
function party(what: string, ...answers: readonly (Answer | Promise<Answer>)[]): Probe {
  let asked = 0;
  return { what, wellAgainMs: 100, ask: async () => answers[Math.min(asked++, answers.length - 1)] as Answer };
}
const came = { came: "38.9 kW" };

/** What is said and what is alarmed of, until the watch is told to end. */
function watch(site: Deployment, now = NOW): Watched {
  const { probes, close } = probesOf([site], () => now);
  return watchProbes(probes, close);
}

interface Watched {
  readonly said: string[];
  readonly alarms: string[];
  readonly end: () => Promise<void>;
}

function watchProbes(probes: readonly Probe[], close = () => {}, waitingMs = 10_000): Watched {
  const ended = new AbortController();
  const said: string[] = [];
  const alarms: string[] = [];
  const done = watchReadiness(probes, {
    say: (line) => said.push(line),
    alarm: (line) => alarms.push(line),
    signal: ended.signal,
    againMs: 50,
    repeatMs: 60_000,
    waitingMs,
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
  expect(lines.at(-1)).toBe("Ready: all 27 parties outside answer.");
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
    "NOT READY: 2 of 27 parties outside do not answer as they should. The site runs by what its policy says for their silence.",
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

it.each([
  [
    "21 minutes",
    20 * 60,
    [
      "not ok feed sced-lmp/HB_WEST says nothing newer than 16:00:13, 21 min ago; more than 10 min is silence. Are source and this machine's clock right?",
      "not ok feed sced-adders says nothing newer than 16:00:13, 21 min ago; more than 10 min is silence. Are source and this machine's clock right?",
      "not ok feed grid-condition says nothing newer than 16:02:00, 20 min ago; more than 5 min is silence. Are source and this machine's clock right?",
    ],
  ],
  [
    "six hours",
    6 * 3600,
    [
      "not ok feed sced-lmp/HB_WEST answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed as-capacity says nothing newer than 16:02:00, 6 h 0 min ago; more than 20 min is silence. Are source and this machine's clock right?",
      "not ok feed rtd-adders answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed rtd-path/HB_WEST/HU answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed sced-adders answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed sced-mcpc answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed supply-demand says nothing newer than 16:00:00, 6 h 2 min ago; more than 30 min is silence. Are source and this machine's clock right?",
      "not ok feed settlement-price/HB_WEST/HU answers, but has nothing of the last hour. Are source and this machine's clock right?",
      "not ok feed settlement-price/HB_WEST/HU/dashboard says nothing newer than 15:45:00, 6 h 17 min ago; more than 1 h 0 min is silence. Are source and this machine's clock right?",
      "not ok feed grid-condition says nothing newer than 16:02:00, 6 h 0 min ago; more than 5 min is silence. Are source and this machine's clock right?",
    ],
  ],
])("a source that answers but says nothing newer than %s ago is not ready", async (_old, seconds, expected) => {
  const { said, alarms, end } = watch(deployment, addSeconds(NOW, seconds));
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^NOT READY/), { timeout: 20_000 });
  await end();
  const ofFeeds = alarms.map(oneBlank).filter((line) => line?.startsWith("not ok feed "));
  expect(ofFeeds.toSorted()).toEqual(expected.toSorted());
});

it("a page of messages that stands unchanged for 20 minutes is read, not silent", async () => {
  let now = NOW;
  const { probes, close } = probesOf([deployment], () => now);
  const page = probes.find(({ what }) => what.endsWith("feed grid-notices"));
  expect(await page?.ask(AbortSignal.timeout(10_000))).toMatchObject({ came: expect.stringMatching(/^document /) });
  now = addSeconds(NOW, 20 * 60);
  expect(await page?.ask(AbortSignal.timeout(10_000))).toEqual({ came: "answers, nothing new" });
  close();
});

it("each party is told of when it answers; whoever keeps the others waiting is named", async () => {
  const parties = [party("meter slow", new Promise(() => {})), party("meter fast", came)];
  const { said, end } = watchProbes(parties, () => {}, 50);
  await vi.waitFor(() => expect(said.at(-1)).toBe("Waiting for: meter slow"));
  await end();
  expect(said.map(oneBlank)).toEqual(["ok meter fast 38.9 kW", "Waiting for: meter slow"]);
});

it("a book's hundred parties are asked 32 at a time, so that no machine runs out of sockets; all are told of", async () => {
  const asked = new Set<() => void>();
  let most = 0;
  const ask = async (): Promise<Answer> => {
    await new Promise<void>((resolve) => {
      asked.add(resolve);
      most = Math.max(most, asked.size);
      setTimeout(() => (asked.delete(resolve), resolve()), 5);
    });
    return came;
  };
  const parties = Array.from({ length: 100 }, (_, i): Probe => ({ what: `meter ${i}`, wellAgainMs: 60_000, ask }));
  const { said, end } = watchProbes(parties);
  await vi.waitFor(() => expect(said.at(-1)).toBe("Ready: all 100 parties outside answer."));
  await end();
  expect(most).toBe(32);
});

it("of many parties that keep the others waiting, twelve are named and the rest counted", async () => {
  const parties = Array.from({ length: 40 }, (_, i) => party(`meter ${i}`, new Promise(() => {})));
  const { said, end } = watchProbes(parties, () => {}, 50);
  await vi.waitFor(() => expect(said.at(-1)).toMatch(/^Waiting for: meter 0, .*, meter 11, and 28 more$/));
  await end();
});

it("a party that answered at the start and falls silent later is told of, once whatever figures its trouble carries", async () => {
  const wall = (bytes: number): Answer => ({ problem: `found an HTML page (${bytes} bytes)` });
  const { said, alarms, end } = watchProbes([party("feed", came, wall(51), wall(52), wall(53), wall(54), came)]);
  await vi.waitFor(() => expect(said.at(-1)).toBe("feed answers: 38.9 kW"), { timeout: 5_000 });
  await end();
  expect(alarms).toEqual(["feed: found an HTML page (51 bytes)"]);
});

it("of a cohort that cannot be asked in the time there is, those who answered are counted", async () => {
  const { probes, close } = probesOf([deployment], () => NOW);
  const cohort = probes.find(({ what }) => what === "cohort caprock-s21");
  world.fleet.inject("caprock-s21-0001", "dead");
  const answer = await cohort?.ask(AbortSignal.timeout(1_000));
  close();
  expect(answer).toEqual({ problem: "1 of 2 machines answer; 1 not heard of in the time there was" });
});

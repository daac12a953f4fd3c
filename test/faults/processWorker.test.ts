import { beforeAll, describe, expect, it } from "vitest";
import { freeNet } from "../app/smallSite.ts";
import { type KillOutcome, killRounds, ROW_TITLES, rowOf } from "./supportKill.ts";

const MACHINES_PER_COHORT = 10;
/** Two systems side by side, two and three kills; `npm run bench -- worker-kills` makes twenty and more. */
const SEEDS = [
  [11, 12, 13],
  [6, 7],
] as const;

/**
 * The worker is killed with SIGKILL at a seeded moment between the decision that starts a dispatch and its verdict, and
 * started again by its supervisor. What came of it is counted at the machines: their own command log and their true
 * state.
 */
describe("a worker killed inside a dispatch", () => {
  let outcomes: KillOutcome[];

  beforeAll(async () => {
    const net = await freeNet(SEEDS.length);
    const rows: string[] = [];
    outcomes = (
      await Promise.all(
        SEEDS.map((seeds, i) =>
          killRounds(net + i, MACHINES_PER_COHORT, seeds, (outcome) => rows.push(rowOf(outcome).join(" | "))),
        ),
      )
    ).flat();
    console.log([ROW_TITLES.join(" | "), ...rows.sort()].join("\n"));
  }, 300_000);

  const all = (of: (outcome: KillOutcome) => readonly string[]): string[] =>
    outcomes.flatMap((outcome) => of(outcome).map((finding) => `seed ${outcome.seed}: ${finding}`));

  it("dies before the verdict each time, amid commands, and once while a second decision takes the first one back", () => {
    expect(outcomes.map(({ beforeVerdict }) => beforeVerdict)).toEqual(outcomes.map(() => true));
    expect(outcomes.filter(({ commandsSeen }) => commandsSeen > 0).length).toBeGreaterThanOrEqual(3);
    expect(outcomes.some(({ superseded }) => superseded)).toBe(true);
  });

  it("leaves every machine where the last revision wants it, at its own tuned point where that is the normal one", () => {
    expect(all(({ wrong }) => wrong)).toEqual([]);
  });

  it("sends no restart-type command twice to one machine for one revision", () => {
    expect(outcomes.filter(({ restartCommands }) => restartCommands > 0).length).toBeGreaterThanOrEqual(3);
    expect(all(({ doubled }) => doubled)).toEqual([]);
  });

  it("sends no command of an older revision after one of a newer", () => {
    expect(all(({ outOfOrder }) => outOfOrder)).toEqual([]);
  });

  it("has each dispatch confirmed by the meter, also one that takes back what had begun", () => {
    expect(
      outcomes.filter(({ verdict }) => verdict !== "confirmed").map(({ verdictSentence }) => verdictSentence),
    ).toEqual([]);
  });
});

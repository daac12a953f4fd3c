import fc from "fast-check";
import { expect, it } from "vitest";
import { splitText } from "../../../src/domain/decision/split.ts";
import { batchesOf } from "../../../src/domain/dispatch/batches.ts";
import { planDispatch } from "../../../src/domain/dispatch/plan.ts";
import type { GridLevel } from "../../../src/domain/market/model.ts";
import { TestSite, at, hashprice, instruction, scedLmp, site } from "./site.ts";

const MACHINES = 100;

const gridCondition = (time: string, level: GridLevel) => ({
  kind: "grid-condition" as const,
  id: `grid/${time}`,
  at: at(time),
  observedAt: at(time),
  level,
  stateText: level,
  source: "dashboard/daily-prc",
  contentHash: "00",
});

/** A cohort told to run under an EEA 1 that allows no restart, some of whose 100 machines are found asleep. */
function hallWith(asleep: number): TestSite {
  const hall = new TestSite(site({ gridSource: "feed" }));
  hall.take(gridCondition("16:38:00", "eea1"));
  hall.take(gridCondition("16:39:00", "eea1"));
  const count = { cohortId: "a", machines: MACHINES, asleep };
  hall.take({
    kind: "fleet-able" as const,
    id: "fleet-able/1",
    at: at("16:40:00"),
    observedAt: at("16:40:00"),
    cohorts: [count],
  });
  hall.take(hashprice("16:40:10"));
  for (const time of ["16:44:50", "16:49:50"]) hall.take(scedLmp(time, 20));
  return hall;
}

/** The cohort goes down to so many machines, of 3 kW each, and no residual draw. */
function shedTo(hall: TestSite, running: number, time: string): void {
  const held = instruction({
    instructionId: time,
    from: at(time),
    demand: { kind: "target", kw: running * 3 },
    cohortIds: ["a"],
  });
  hall.take({ kind: "instruction", id: time, at: at(time), instruction: held });
}

/** Machines as they are after the newest dispatch, when all follow; `awake` before it. */
function followed(hall: TestSite, awake: readonly boolean[]): readonly boolean[] {
  const record = hall.records.at(-1)!;
  if (record.dispatch === undefined) return awake;
  const { targets } = planDispatch({ plan: hall.plan, record, batchSize: 30, deadlineSeconds: 90 });
  const after = [...awake];
  for (const target of targets.filter(({ isDriven }) => isDriven))
    for (const { modeId, spans } of batchesOf(
      target,
      awake.map(() => true),
      30,
      awake,
    ))
      for (const { from, to } of spans) after.fill(modeId !== "off", from, to);
  return after;
}

it("of 100 machines 40 sleep under a ban of restarts and 80 may run: the 60 that run do, and none of the 40 is woken", () => {
  const hall = hallWith(40);
  const awake = Array.from({ length: MACHINES }, (_, i) => i >= 40);
  shedTo(hall, 80, "16:51:00");
  expect(splitText(hall.records.at(-1)!.output.cohorts[0]!.split)).toBe("20 off, 80 normal");
  expect(followed(hall, awake)).toEqual(awake);
  const { expectedDeltaKw } = planDispatch({
    plan: hall.plan,
    record: hall.records.at(-1)!,
    batchSize: 30,
    deadlineSeconds: 90,
  });
  expect(expectedDeltaKw).toBe(0);
});

it("whoever sleeps, and however often runners go down, no sleeper is woken while the ban stands", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(MACHINES - 1), { minLength: 1, maxLength: MACHINES - 1 }),
      fc.array(fc.nat(MACHINES - 1), { minLength: 1, maxLength: 3 }),
      (sleepers, levels) => {
        const hall = hallWith(sleepers.length);
        let awake: readonly boolean[] = Array.from({ length: MACHINES }, (_, i) => !sleepers.includes(i));
        for (const [i, running] of levels.toSorted((a, b) => b - a).entries()) {
          shedTo(hall, running, `16:5${i + 1}:00`);
          const after = followed(hall, awake);
          expect(after.filter((one, place) => one && !awake[place])).toEqual([]);
          expect(after.filter(Boolean).length).toBe(Math.min(running, awake.filter(Boolean).length));
          awake = after;
        }
      },
    ),
    { numRuns: 100 },
  );
});

it("once the ban is over those found asleep that are to run are told again", () => {
  const hall = hallWith(40);
  shedTo(hall, 80, "16:51:00");
  const awake = followed(
    hall,
    Array.from({ length: MACHINES }, (_, i) => i >= 40),
  );
  hall.take(gridCondition("16:52:00", "normal"));
  hall.take(gridCondition("16:53:00", "normal"));
  expect(followed(hall, awake).filter(Boolean).length).toBe(80);
});

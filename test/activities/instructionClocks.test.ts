import { expect, it } from "vitest";
import { InstructionClocks } from "../../activities/instructionClocks.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { GridInstruction } from "../../src/domain/inputs/gridInstruction.ts";
import { isResponseClock } from "../../src/domain/inputs/responseClock.ts";
import type { MeterLook } from "../../src/domain/verification/loadFall.ts";
import type { KeptClock } from "../../src/ports/meterWatch.ts";
import { at, cohort, instruction, site } from "../domain/decision/site.ts";

/** Two cohorts of 100 machines of 3 kW. */
const PLAN = site({ siteId: "north", cohorts: [cohort({ cohortId: "a" }), cohort({ cohortId: "b" })] });
const look = (time: string, powerKw: number, change: Partial<MeterLook> = {}): MeterLook => ({
  at: at(time),
  powerKw,
  isMoving: false,
  ...change,
});

/** A watch of the site's clocks over a store that outlives it. */
function watchOver(clocks: KeptClock[]) {
  const told: SiteInput[] = [];
  const of = new InstructionClocks(
    {
      sites: { deliver: async (_: string, input: SiteInput) => void told.push(input) } as never,
      watch: {
        openClock: async (_, clock) => void clocks.push(clock),
        closeClock: async (_, clockId, verdict, closedAt) => {
          const i = clocks.findIndex((clock) => clock.clockId === clockId);
          clocks[i] = { ...(clocks[i] as KeptClock), verdict, closedAt };
        },
        clocks: async () => clocks,
      },
      book: new Map([["north", { plan: PLAN, retiredAt: undefined } as never]]),
      log: { info() {}, warn() {}, error() {} },
    },
    "north",
  );
  const run = async (instructions: readonly GridInstruction[], looks: readonly MeterLook[]) => {
    for (const i of looks.keys()) await of.run({ instructions }, looks.slice(0, i + 1), new AbortController().signal);
    return told.filter(isResponseClock);
  };
  return { run };
}

/** Down by an amount, within ten minutes. */
const asked = (issuer: string, kw: number): GridInstruction =>
  instruction({ instructionId: "7", issuer, product: "ERS-10", loadKw: 600, demand: { kind: "reduce", kw } });

it("two issuers with one id and one start have a clock each: 100 kW are met, 500 kW are not", async () => {
  const looks = [look("18:00:00", 600), look("18:01:00", 490), look("18:10:00", 490)];
  const clocks: KeptClock[] = [];
  const verdicts = await watchOver(clocks).run([asked("QSE", 100), asked("TDSP", 500)], looks);
  expect(verdicts.map(({ issuer, outcome }) => [issuer, outcome])).toEqual([
    ["QSE", "met"],
    ["TDSP", "short"],
  ]);
  expect(new Set(verdicts.map(({ id }) => id)).size).toBe(2);
});

it("the same content of two issuers is two clocks", async () => {
  const looks = [look("18:00:00", 600), look("18:01:00", 490)];
  const verdicts = await watchOver([]).run([asked("QSE", 100), asked("TDSP", 100)], looks);
  expect(verdicts.map(({ issuer, outcome }) => [issuer, outcome])).toEqual([
    ["QSE", "met"],
    ["TDSP", "met"],
  ]);
});

it("a clock that was kept without its issuer runs on under its old id, and is begun no second time", async () => {
  // What the program before kept for it, by its own hash.
  const clocks: KeptClock[] = [
    {
      clockId: "cee044e9d68ed847",
      instructionId: "7",
      revision: 1,
      product: "ERS-10",
      startedAt: at("18:00:00"),
      dueAt: at("18:10:00"),
      baseKw: 600,
      baseAt: at("18:00:00"),
      targetKw: 500,
    },
  ];
  const verdicts = await watchOver(clocks).run([asked("QSE", 100)], [look("18:01:00", 600), look("18:02:00", 490)]);
  expect(verdicts.map(({ id, outcome, seconds }) => [id, outcome, seconds])).toEqual([
    ["response-clock/cee044e9d68ed847", "met", 120],
  ]);
  expect(clocks).toHaveLength(1);
});

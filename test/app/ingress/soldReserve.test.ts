import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { DecisionRecord } from "../../../src/domain/decision/model.ts";
import { intervalStart, settlementInterval } from "../../../src/domain/market/calendar.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { SimulatedQse } from "../../../src/simulators/qse/qse.ts";
import { HASHPRICE_FOR_75 } from "../../domain/decision/site.ts";
import "../../support/stack.ts";
import { InstructedRun } from "./instructedRun.ts";

const WITHIN = { timeout: 20_000, interval: 100 };
const run = new InstructedRun();
let qse: SimulatedQse;

beforeAll(async () => {
  await run.prepare();
  await run.work();
  qse = run.qse(await run.open());
}, 60_000);
afterAll(() => run.end());

const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

describe("0.03 MW of ECRS are sold at 60 kW, in two halls of 30 kW with strikes of 75 and 112.50 $/MWh", () => {
  const end = soon(120);
  const decided = async (said: (record: DecisionRecord) => void): Promise<void> =>
    vi.waitFor(async () => said((await run.newest()) as DecisionRecord), WITHIN);
  const orderedKw = ({ output }: DecisionRecord): number =>
    output.cohorts.reduce((kw, { split }) => kw + 3 * (split.find((one) => one.modeId === "normal")?.machines ?? 0), 0);
  const priced = async (lmpUsdPerMwh: number): Promise<void> => {
    const [at, source, contentHash] = [parseInstant(soon(0)), "test", "00"];
    const scedAt = intervalStart(settlementInterval(at));
    const told = { at, source, contentHash };
    await run.tell({ ...told, kind: "hashprice", id: `hashprice/${at}`, usdPerPhDay: HASHPRICE_FOR_75, asOf: scedAt });
    await run.tell({ ...told, kind: "sced-mcpc", id: `mcpc/${at}`, scedAt, usdPerMwHour: { ECRS: 12 } });
    await run.tell({
      ...told,
      kind: "sced-lmp",
      id: `sced/${at}`,
      settlementPoint: "HB_HOUSTON",
      scedAt,
      lmpUsdPerMwh,
    });
  };

  it("an award over a socket keeps 30 kW on at 160 $/MWh, where the price alone would drop all", async () => {
    await qse.award([
      {
        resource: "MINE_LD1",
        asType: "ECRSM",
        awardedMW: 0.03,
        startTime: soon(-1),
        endTime: end,
        tradingDate: "2026-11-29",
      },
    ]);
    await priced(160);
    await decided((record) => {
      expect(record.input.facts.asAwards).toHaveLength(1);
      expect(orderedKw(record)).toBe(30);
      expect(record.output.cohorts.map(({ heldOnBy }) => heldOnBy?.[0]?.reason)).toContain("as-reservation");
    });
    expect((await run.obligations()).reserve).toMatchObject({
      services: [{ product: "ECRS", awardedKw: 30, deployedKw: 0, usdPerH: 0.36 }],
      owedKw: 30,
      droppableKw: 30,
      gapKw: 0,
    });
  });

  it("20 kW of it are deployed: 10 kW stay; recalled, the 30 kW are back, and the call is counted", async () => {
    const deploy = { id: "ecrs-1", product: "ECRS", reduceMw: 0.02 };
    const issued = { type: "instruction", site: run.plan.siteId, issued: soon(0) };
    expect(await qse.instruct({ ...issued, ...deploy })).toMatchObject({ status: 202, body: { isTold: true } });
    await decided((record) => expect(orderedKw(record)).toBeLessThanOrEqual(12));
    expect((await run.obligations()).reserve).toMatchObject({
      services: [{ awardedKw: 30, deployedKw: 20 }],
      deployments: [{ instructionId: "ecrs-1", called: "ECRS" }],
      calls: [{ resource: "MINE_LD1", today: 1, week: 1 }],
    });
    await qse.instruct({ type: "recall", id: "ecrs-1", site: run.plan.siteId, issued: soon(0) });
    await decided((record) => expect(orderedKw(record)).toBe(30));
  });
});

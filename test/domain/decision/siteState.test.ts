import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { GridInstruction } from "../../../src/domain/inputs/gridInstruction.ts";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import { absorb } from "../../../src/domain/decision/absorb.ts";
import { adopt, decisionInput, initialSiteState } from "../../../src/domain/decision/siteState.ts";
import type { SiteState } from "../../../src/domain/decision/siteStateModel.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { splitText } from "../../../src/domain/decision/split.ts";
import { TestSite, all, at, clockOf, cohort, hashprice, scedLmp, site } from "./site.ts";

const order: OperatorOrder = {
  orderId: "o-1",
  actor: "desk@pecan",
  reason: "heat",
  action: "curtail",
  from: at("18:00:00"),
  until: at("19:00:00"),
};
const instruction: GridInstruction = { instructionId: "vdi-7", issuer: "QSE", action: "curtail", from: at("18:00:00") };

function settlementPrice(intervalKey: string, priceUsdPerMwh: number, sentAt: string): SiteInput {
  return {
    kind: "settlement-price",
    id: `spp/${intervalKey}/${priceUsdPerMwh}`,
    at: at(sentAt),
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    intervalKey,
    priceUsdPerMwh,
    source: "test",
    contentHash: "00",
  };
}

/** A site that knows a hashprice and a flat price of 30 $/MWh from 18:14:50 to 18:30:10. */
function quietSite(plan = site()): TestSite {
  const quiet = new TestSite(plan);
  quiet.take(hashprice("18:00:00"));
  for (const time of ["18:14:50", "18:20:10", "18:25:10", "18:30:10"]) quiet.take(scedLmp(time, 30));
  return quiet;
}

const runsKnown = (state: SiteState): string[] =>
  state.scedRuns.map((run) => `${clockOf(run.scedAt)} ${run.lmpUsdPerMwh}`);

describe("taking inputs up", () => {
  it("takes each input once, whatever its kind", () => {
    const quiet = quietSite();
    const before = quiet.state;
    expect(quiet.take(scedLmp("18:30:10", 30))).toEqual({ relevant: false, duplicate: true });
    expect(quiet.state).toBe(before);
  });

  it("sorts a late run in by its stamp and drops what no open interval needs", () => {
    const quiet = quietSite();
    quiet.take({ ...scedLmp("18:27:40", 90), at: at("18:31:30") });
    expect(runsKnown(quiet.state)).toEqual(["18:14:50 30", "18:20:10 30", "18:25:10 30", "18:27:40 90", "18:30:10 30"]);
    quiet.take(scedLmp("18:50:10", 30));
    expect(runsKnown(quiet.state)[0]).toBe("18:14:50 30");
    quiet.take(scedLmp("19:05:10", 30));
    expect(runsKnown(quiet.state)).toEqual(["18:27:40 90", "18:30:10 30", "18:50:10 30", "19:05:10 30"]);
  });

  it("ends in the same runs in whatever order a quarter's runs arrive", () => {
    const times = ["18:29:50", "18:35:10", "18:36:40", "18:40:10", "18:44:50"];
    const inputs = times.map((time, index) => ({ ...scedLmp(time, 100 * index), at: at("18:44:59") }));
    fc.assert(
      fc.property(fc.shuffledSubarray(inputs, { minLength: inputs.length }), (shuffled) => {
        const state = shuffled.reduce<SiteState>(
          (known, input) => absorb(site(), known, input).state,
          initialSiteState(site()),
        );
        expect(runsKnown(state)).toEqual(times.map((time, index) => `${time} ${100 * index}`));
      }),
    );
  });

  it("takes a correction of a known run, and decides again on it", () => {
    const quiet = quietSite();
    expect(quiet.take({ ...scedLmp("18:30:10", 300), at: at("18:32:00") })).toEqual({
      relevant: true,
      duplicate: false,
    });
    expect(quiet.state.cohorts[0]?.split).toEqual(all("off"));
  });

  it.each([
    ["the price of another point", { ...scedLmp("18:31:00", 999), settlementPoint: "HB_WEST" } as SiteInput],
    ["the same run at the same price by another route", scedLmp("18:30:10", 30, 90, "dashboard")],
    [
      "a late run that a later one overtook before this interval began",
      { ...scedLmp("18:24:00", 999), at: at("18:32:00") },
    ],
    [
      "a dispatch verdict",
      {
        kind: "dispatch-verdict",
        id: "v",
        at: at("18:32:00"),
        revision: 1,
        outcome: "confirmed",
        stragglers: 0,
      } as SiteInput,
    ],
    [
      "silence of the settlement prices alone",
      { kind: "feed-silent", id: "s", at: at("18:32:00"), feed: "settlement-price" } as SiteInput,
    ],
  ])("asks for no decision on %s", (_what, input) => {
    expect(quietSite().take(input).relevant).toBe(false);
  });

  it("reads a hundred quiet updates without a record, and names them all in the next one", () => {
    const quiet = quietSite();
    const records = quiet.records.length;
    for (let index = 0; index < 100; index += 1) quiet.take(scedLmp("18:30:10", 30, 70, `again/${index}`));
    expect(quiet.records.length).toBe(records);
    expect(quiet.decideAt(at("18:33:00")).input.inputIds).toHaveLength(100);
    expect(quiet.state.inputIds).toEqual([]);
  });
});

describe("settled adder in the state", () => {
  const plan = site({ economic: { offFactor: 1.25, onFactor: 0.9, adderShare: 0.5 } });

  it("asks for a decision when there is one, and only once", () => {
    const quiet = quietSite(plan);
    expect(quiet.take(settlementPrice("2024-08-20/19/2", 190, "18:32:30")).relevant).toBe(true);
    expect(quiet.records.at(-1)?.input.facts.lastSettled).toEqual({
      intervalKey: "2024-08-20/19/2",
      priceUsdPerMwh: 190,
      adderUsdPerMwh: 160,
    });
    expect(quiet.records.at(-1)?.output.cohorts[0]?.sentence).toContain("expected settlement price 110.00");
    expect(quiet.take({ ...settlementPrice("2024-08-20/19/2", 190, "18:33:30"), id: "dashboard" }).relevant).toBe(
      false,
    );
  });

  it("asks for none where ERCOT's own adder is read for the interval: what is inferred counts for nothing there", () => {
    const quiet = quietSite(plan);
    quiet.take({
      kind: "sced-adders",
      id: "sced-adders/1",
      at: at("18:31:30"),
      scedAt: at("18:29:50"),
      adderUsdPerMwh: 0,
      loadResourcesMw: 0,
      ersMw: 0,
      source: "test",
      contentHash: "00",
    });
    const { length } = quiet.records;
    expect(quiet.take(settlementPrice("2024-08-20/19/2", 190, "18:32:30")).relevant).toBe(false);
    expect(quiet.records).toHaveLength(length);
    // the next run decides, and by the adder that was read
    quiet.take(scedLmp("18:35:10", 31));
    expect(quiet.records.at(-1)?.output.expectedPrice).toMatchObject({ adderUsdPerMwh: 0, isAdderRead: true });
  });

  it("counts as none when it is negative: 446 $/MWh below the LMP pull no restart", () => {
    const quiet = quietSite(plan);
    expect(quiet.take(settlementPrice("2024-08-20/19/2", -416.23, "18:32:30")).relevant).toBe(false);
    quiet.take(scedLmp("18:32:40", 31));
    const { input, output } = quiet.records.at(-1) ?? {};
    expect(input?.facts.lastSettled).toMatchObject({ priceUsdPerMwh: -416.23, adderUsdPerMwh: 0 });
    expect(output?.expectedPrice?.adderUsdPerMwh).toBe(0);
  });

  it.each([30, 30.02, 29.99])("asks for none when the settlement price is the LMP within rounding: %d", (price) => {
    expect(quietSite(plan).take(settlementPrice("2024-08-20/19/2", price, "18:32:30")).relevant).toBe(false);
  });

  it("waits for the run that completes the interval", () => {
    const early = new TestSite(plan);
    early.take(hashprice("18:00:00"));
    for (const time of ["18:14:50", "18:20:10", "18:25:10"]) early.take(scedLmp(time, 30));
    expect(early.take(settlementPrice("2024-08-20/19/2", 190, "18:30:05")).relevant).toBe(false);
    early.take(scedLmp("18:30:10", 30));
    expect(early.records.at(-1)?.input.facts.lastSettled?.adderUsdPerMwh).toBe(160);
  });

  it("is of no interest to a policy that expects none", () => {
    expect(quietSite().take(settlementPrice("2024-08-20/19/2", 190, "18:32:30")).relevant).toBe(false);
  });
});

describe("orders and instructions", () => {
  it("a repeated order counts once, a released one does not come back", () => {
    const quiet = quietSite();
    quiet.take({ kind: "order", id: "m1", at: at("18:31:30"), order });
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("off"), reason: "operator-order" });
    expect(quiet.take({ kind: "order", id: "m2", at: at("18:31:40"), order }).relevant).toBe(false);
    expect(
      quiet.take({ kind: "release", id: "m3", at: at("18:32:00"), orderId: "o-1", actor: "desk@pecan", reason: "done" })
        .relevant,
    ).toBe(true);
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("normal"), reason: "economic" });
    expect(quiet.take({ kind: "order", id: "m4", at: at("18:32:10"), order }).relevant).toBe(false);
  });

  it("an order ends by itself: the site is woken at its end and forgets it", () => {
    const quiet = quietSite();
    quiet.take({ kind: "order", id: "m1", at: at("18:31:30"), order: { ...order, until: at("18:35:00") } });
    expect(clockOf(quiet.nextWakeAt)).toBe("18:35:00");
    quiet.take({ kind: "wake", id: "w", at: at("18:35:00") });
    expect(quiet.state.cohorts[0]?.split).toEqual(all("normal"));
    expect(quiet.state.orders).toEqual([]);
  });

  it("an instruction sent again under its id replaces the older: a later end holds the site, an earlier one frees it", () => {
    const quiet = quietSite();
    const again = (id: string, sent: string, changes: Partial<GridInstruction>) =>
      quiet.take({ kind: "instruction", id, at: at(sent), instruction: { ...instruction, ...changes } });
    again("m1", "18:31:30", { until: at("18:34:00") });
    expect(clockOf(quiet.nextWakeAt)).toBe("18:34:00");
    expect(again("m2", "18:32:00", { until: at("18:38:00") }).relevant).toBe(true);
    expect(again("m3", "18:32:10", { until: at("18:38:00") }).relevant).toBe(false);
    expect(again("m4", "18:31:40", { until: at("18:34:00") }).relevant).toBe(false);
    expect(clockOf(quiet.nextWakeAt)).toBe("18:38:00");
    quiet.take({ kind: "wake", id: "w", at: at("18:34:00") });
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("off"), reason: "instruction" });
    expect(quiet.state.instructions).toHaveLength(1);
    expect(again("m5", "18:35:00", { until: at("18:34:30") }).relevant).toBe(true);
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("normal"), reason: "economic" });
    quiet.take({ kind: "recall", id: "m6", at: at("18:35:30"), instructionId: "vdi-7" });
    expect(again("m7", "18:36:00", { until: at("19:00:00") }).relevant).toBe(false);
  });

  it("a recall that overtakes its instruction still holds", () => {
    const quiet = quietSite();
    expect(quiet.take({ kind: "recall", id: "m1", at: at("18:31:30"), instructionId: "vdi-7" }).relevant).toBe(false);
    expect(quiet.take({ kind: "instruction", id: "m2", at: at("18:31:31"), instruction }).relevant).toBe(false);
    expect(quiet.state.cohorts[0]?.split).toEqual(all("normal"));
  });

  it("an instruction holds until its recall", () => {
    const quiet = quietSite();
    quiet.take({ kind: "instruction", id: "m1", at: at("18:31:30"), instruction });
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("off"), reason: "instruction" });
    quiet.take({ kind: "recall", id: "m2", at: at("18:33:00"), instructionId: "vdi-7" });
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("normal"), reason: "economic" });
  });
});

describe("silence", () => {
  it("acts when the watcher says so and ends with the first new run", () => {
    const quiet = quietSite(
      site({
        onSilence: {
          scedPrice: "curtail",
          hashprice: "hold",
          gridCondition: "hold",
          meter: "hold",
        },
      }),
    );
    quiet.take({ kind: "feed-silent", id: "s", at: at("18:33:00"), feed: "sced-lmp" });
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("off"), reason: "silence" });
    quiet.take(scedLmp("18:35:10", 30));
    expect(quiet.state.cohorts[0]).toMatchObject({ split: all("normal"), reason: "economic" });
  });

  it("acts by itself ten minutes after the newest run's stamp", () => {
    const quiet = quietSite();
    expect(clockOf(quiet.nextWakeAt)).toBe("18:40:10");
    quiet.take({ kind: "wake", id: "w", at: at("18:40:10") });
    expect(quiet.records.at(-1)?.output.cohorts[0]?.reason).toBe("silence");
  });
});

describe("records and what is commanded", () => {
  it("chains records, raises the revision only with a dispatch, and counts holds from the change", () => {
    const quiet = quietSite();
    const spike = quiet.take(scedLmp("18:35:10", 400));
    expect(spike.relevant).toBe(true);
    const record = quiet.records.at(-1);
    expect(record).toMatchObject({
      sequence: quiet.records.length,
      previousHash: `hash-${quiet.records.length - 1}`,
      dispatch: {
        revision: 1,
        targets: [{ cohortId: "a", ableMachines: 100, split: all("off"), fromSplit: all("normal") }],
      },
    });
    expect(quiet.state).toMatchObject({
      sequence: quiet.records.length,
      previousHash: `hash-${quiet.records.length}`,
      revision: 1,
    });
    expect(quiet.state.cohorts[0]).toEqual({
      cohortId: "a",
      split: all("off"),
      ableMachines: 100,
      leftSplit: all("normal"),
      since: at("18:36:10"),
      reason: "economic",
      onOneRun: [{ at: at("18:36:10"), from: all("normal"), to: all("off") }],
      unseen: {},
    });
    quiet.take(scedLmp("18:40:10", 401));
    expect(quiet.records.at(-1)?.dispatch).toBeUndefined();
    expect(quiet.state.cohorts[0]?.since).toBe(at("18:36:10"));
  });

  it.each([
    ["the site", { control: "advise" as const }],
    ["the cohort", { cohorts: [cohort({ control: "advise" })] }],
  ])("advice of %s is recorded and commands nothing", (_what, changes) => {
    const advised = quietSite(site(changes));
    advised.take(scedLmp("18:35:10", 400));
    const record = advised.records.at(-1);
    expect(record?.output.cohorts[0]?.split).toEqual(all("off"));
    expect(record?.dispatch).toBeUndefined();
    expect(advised.state).toMatchObject({ revision: 0, cohorts: [{ split: all("normal") }] });
  });

  it("commands only the cohorts it may: one under advice and one locked out stay out of the targets", () => {
    const mixed = quietSite(
      site({
        cohorts: [cohort(), cohort({ cohortId: "b", control: "advise" }), cohort({ cohortId: "c", lockedOut: true })],
      }),
    );
    mixed.take(scedLmp("18:35:10", 400));
    expect(mixed.records.at(-1)?.dispatch?.targets).toEqual([
      { cohortId: "a", ableMachines: 100, split: all("off"), fromSplit: all("normal") },
    ]);
    expect(mixed.state.cohorts.map((one) => splitText(one.split))).toEqual(["off", "normal", "normal"]);
  });

  it("refuses a record that does not follow its last one", () => {
    const quiet = quietSite();
    const record = quiet.records[0];
    if (record === undefined) throw new Error("no record");
    expect(() => adopt(quiet.plan, quiet.state, record, "hash")).toThrow(/does not follow/);
  });

  it("freezes nothing that is stamped later than the decision", () => {
    const quiet = quietSite();
    expect(
      decisionInput(quiet.plan, quiet.state, at("18:29:00")).facts.scedRuns.map((run) => clockOf(run.scedAt)),
    ).toEqual(["18:14:50", "18:20:10", "18:25:10"]);
  });

  it("survives being carried over as JSON", () => {
    const quiet = quietSite();
    const carried = new TestSite(quiet.plan);
    carried.state = JSON.parse(JSON.stringify(quiet.state)) as SiteState;
    expect(JSON.stringify(carried.decideAt(addSeconds(at("18:30:00"), 90)))).toBe(
      JSON.stringify(quiet.decideAt(addSeconds(at("18:30:00"), 90))),
    );
  });
});

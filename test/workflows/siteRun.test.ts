import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configureProblem } from "../../src/domain/decision/configureProblem.ts";
import { RULE_SET } from "../../src/domain/decision/decide.ts";
import type { SiteInput } from "../../src/domain/inputs/facts.ts";
import type { GridInstruction } from "../../src/domain/inputs/gridInstruction.ts";
import type { OperatorOrder } from "../../src/domain/inputs/orders.ts";
import { freezeProblem } from "../../src/domain/decision/freezes.ts";
import { initialSiteState } from "../../src/domain/decision/siteState.ts";
import { dayEnd } from "../../src/domain/market/calendar.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { Answer, ConfigureRequest, RunSiteInput } from "../../workflows/contracts.ts";
import { SiteRun, type Step } from "../../workflows/siteRun.ts";
import { at, cohort, HASHPRICE_FOR_75, site } from "../domain/decision/site.ts";

const DAY = "2024-08-20";
const MIDNIGHT = dayEnd(DAY);
const PLAN = site();
const dispatch = {
  batchSize: 100,
  deadlineSeconds: 600,
  settleDownSeconds: 5,
  settleUpSeconds: 5,
  redrivesMax: 1,
  abandonedControlSeconds: 30,
};
const firstRun = (changes: Partial<RunSiteInput> = {}): RunSiteInput => ({
  plan: PLAN,
  planHash: "plan",
  ruleSet: RULE_SET,
  clock: { kind: "real" },
  dispatch,
  operatingDay: DAY,
  state: initialSiteState(PLAN),
  pending: [],
  ...changes,
});

const price = (when: Instant, lmpUsdPerMwh = 40): SiteInput => ({
  kind: "sced-lmp",
  id: `sced-lmp/${when}/1`,
  at: when,
  settlementPoint: "HB_HOUSTON",
  scedAt: when,
  lmpUsdPerMwh,
  source: "mis/12300",
  contentHash: "0".repeat(64),
});
const hashprice = (when: Instant): SiteInput => ({
  kind: "hashprice",
  id: `hashprice/${when}/1`,
  at: when,
  usdPerPhDay: HASHPRICE_FOR_75,
  asOf: when,
  source: "constant",
  contentHash: "0".repeat(64),
});
const order = (orderId: string, when: Instant): Extract<SiteInput, { kind: "order" }> => ({
  kind: "order",
  id: `order/${orderId}`,
  at: when,
  order: {
    orderId,
    actor: "maria",
    reason: "line work",
    action: "curtail",
    from: when,
    until: addSeconds(when, 1_800),
  } satisfies OperatorOrder,
});
const release = (orderId: string, when: Instant): SiteInput => ({
  kind: "release",
  id: `release/${orderId}`,
  at: when,
  orderId,
  actor: "maria",
  reason: "done",
});

/** Steps a run as its workflow does, without a server: the ledger answers at once with a hash of its own. */
function step(run: SiteRun, whileRecorded: () => void = () => {}): Step {
  const taken = run.takeUp();
  if (taken.kind === "record") {
    whileRecorded();
    run.recorded(taken.record, `hash-${taken.record.sequence}`);
    run.settle(taken.record);
  }
  return taken;
}

describe("an order that meets the end of a site's run", () => {
  it("placed beside the midnight wake is carried over and decided by the next run", async () => {
    const run = new SiteRun(firstRun());
    run.receive(price(at("23:55:00")), at("23:55:05"));
    step(run);
    run.receive({ kind: "wake", id: `wake/${MIDNIGHT}`, at: MIDNIGHT }, MIDNIGHT);
    const asked = run.ask(order("maria-1", MIDNIGHT));
    expect(step(run)).toEqual({ kind: "close" });
    run.close();
    expect(await asked).toEqual({ kind: "carried-over", id: "order/maria-1" });

    const next = new SiteRun(run.next(RULE_SET, "run-1"));
    expect(next.operatingDay).toBe("2024-08-21");
    const again = next.ask(order("maria-1", MIDNIGHT));
    expect(step(next)).toMatchObject({ kind: "record", record: { sequence: 2 } });
    expect(await again).toMatchObject({ kind: "decided", sequence: 2 });
    expect(next.state.orders.map(({ orderId }) => orderId)).toEqual(["maria-1"]);
  });

  it("that arrives while a decision is recorded across midnight is answered, and so is its release", async () => {
    const run = new SiteRun(firstRun());
    run.receive(price(at("23:59:50")), at("23:59:55"));
    const asked: Promise<Answer>[] = [];
    step(run, () => {
      asked.push(run.ask(order("maria-1", addSeconds(MIDNIGHT, 1))));
      expect(run.unreleasable("maria-1")).toBeUndefined();
      asked.push(run.ask(release("maria-1", addSeconds(MIDNIGHT, 2))));
    });
    expect(step(run)).toEqual({ kind: "close" });
    run.close();
    expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(["carried-over", "carried-over"]);
    const next = new SiteRun(run.next(RULE_SET, "run-1"));
    const again = [next.ask(order("maria-1", addSeconds(MIDNIGHT, 1))), next.ask(release("maria-1", MIDNIGHT))];
    step(next);
    expect((await Promise.all(again)).map(({ kind }) => kind)).toEqual(["decided", "decided"]);
    expect(next.state.orders).toEqual([]);
  });

  it("a release that the next run has decided already is known there as asked, though its order is gone", async () => {
    const run = new SiteRun(firstRun());
    void run.ask(order("maria-1", at("23:59:40")));
    step(run);
    const asked = run.ask(release("maria-1", addSeconds(MIDNIGHT, 1)));
    expect(step(run)).toEqual({ kind: "close" });
    run.close();
    const { id } = await asked;

    const next = new SiteRun(run.next(RULE_SET, "run-1"));
    expect(next.wasAsked(id)).toBe(true); // it waits
    step(next, () => expect(next.wasAsked(id)).toBe(true));
    expect([next.unreleasable("maria-1") === undefined, next.wasAsked(id), next.wasAsked("release/other")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await next.ask(release("maria-1", addSeconds(MIDNIGHT, 1)))).toMatchObject({ kind: "decided", sequence: 2 });
  });

  it("that waits when the server suggests a new run is carried over within the same day", async () => {
    const run = new SiteRun(firstRun());
    run.receive(price(at("12:00:00")), at("12:00:05"));
    const asked: Promise<Answer>[] = [];
    step(run, () => void asked.push(run.ask(order("maria-1", at("12:00:06")))));
    run.close(); // what the workflow does on the server's suggestion
    expect(await asked[0]).toEqual({ kind: "carried-over", id: "order/maria-1" });
    expect(run.next(RULE_SET, "run-1")).toMatchObject({ operatingDay: DAY, pending: [{ id: "order/maria-1" }] });
  });

  it("that comes when the run has closed and its answers go out is answered at once, and goes with the others", async () => {
    const run = new SiteRun(firstRun());
    run.close();
    const late = run.ask(order("maria-1", at("12:00:06")));
    expect(await Promise.race([late, Promise.resolve("nobody answers")])).toEqual({
      kind: "carried-over",
      id: "order/maria-1",
    });
    expect(run.next(RULE_SET, "run-1")).toMatchObject({ pending: [{ id: "order/maria-1" }] });
  });

  it("that was decided before is answered with that decision by the next run too", async () => {
    const run = new SiteRun(firstRun());
    const asked = run.ask(order("maria-1", at("12:00:00")));
    step(run);
    run.close();
    const next = new SiteRun(run.next(RULE_SET, "run-1"));
    expect(await next.ask(order("maria-1", at("12:00:00")))).toEqual(await asked);
    expect(next.hasWork).toBe(false);
  });
});

describe("the first moments of a site's new run", () => {
  /** An hourly hashprice that says the same comes 50 ms after midnight, before the site's own timer rings. */
  const runOver = (instruction: GridInstruction): SiteRun => {
    const run = new SiteRun(firstRun());
    run.receive(hashprice(at("23:55:00")), at("23:55:00"));
    run.receive(price(at("23:55:00")), at("23:55:05"));
    run.receive({ kind: "instruction", id: "word/1", at: at("23:55:10"), instruction }, at("23:55:10"));
    expect(step(run)).toMatchObject({ kind: "record" });
    const early = addSeconds(MIDNIGHT, 0.05);
    run.receive(hashprice(early), early);
    expect(step(run)).toEqual({ kind: "close" });
    run.close();
    return new SiteRun(run.next(RULE_SET, "run-1"));
  };
  const instruction: GridInstruction = {
    instructionId: "vdi-1",
    issuer: "QSE",
    action: "curtail",
    from: at("23:55:10"),
  };

  it("an instruction that begins 20 s after midnight is looked at then, though nothing new was told at midnight", () => {
    const from = addSeconds(MIDNIGHT, 20);
    const next = runOver({ ...instruction, from });
    expect(step(next)).toMatchObject({ kind: "record", record: { input: { asOf: addSeconds(MIDNIGHT, 0.05) } } });
    expect(next.ownLook).toBe(from);
  });

  it("an instruction that ends 90 s after midnight is looked at then", () => {
    const next = runOver({ ...instruction, until: addSeconds(MIDNIGHT, 90) });
    step(next);
    expect(next.ownLook).toBe(addSeconds(MIDNIGHT, 90));
  });
});

describe("a thaw that is sent while its freeze waits to be taken up", () => {
  const word = (kind: "freeze" | "thaw", cohortId?: string) => ({
    kind,
    id: `${kind}/${cohortId}`,
    at: at("12:00:00"),
    cohortId,
    actor: "maria",
    reason: "electricians",
  });

  it("is taken: the freezes it meets are those in force by then; a second one is refused", () => {
    const run = new SiteRun(firstRun());
    void run.ask(word("freeze", "a"));
    expect(freezeProblem(PLAN, word("thaw", "a"), run.freezes)).toBeUndefined();
    void run.ask(word("thaw", "a"));
    expect(freezeProblem(PLAN, word("thaw", "a"), run.freezes)).toBe("a is not frozen");
    step(run);
    expect(run.state.freezes).toEqual([]);
  });
});

describe("a changed configuration", () => {
  const plan = site({ cohorts: [cohort(), cohort({ cohortId: "b" })], singleSourceMwMax: 3 });
  const request = (effectiveAt: Instant): ConfigureRequest => ({
    id: "configure/1",
    at: at("12:01:00"),
    plan,
    planHash: "other plan",
    dispatch: { ...dispatch, batchSize: 7 },
    diff: ["plan.cohorts[b].machines: nothing → 100"],
    actor: "maria",
    reason: "hall 2 is connected",
    effectiveAt,
  });
  const running = (): SiteRun => {
    const run = new SiteRun(firstRun());
    run.receive(hashprice(at("12:00:00")), at("12:00:00"));
    run.receive(price(at("12:00:00")), at("12:00:05"));
    step(run);
    return run;
  };

  it("comes into force with a run of its own: same day, same chain, the new cohort in its normal mode", () => {
    const run = running();
    run.configure(request(at("12:01:00")), at("12:01:00"));
    expect(step(run)).toEqual({ kind: "close" });
    run.close();
    const input = run.next(RULE_SET, "run-1");
    expect(input).toMatchObject({
      operatingDay: DAY,
      planHash: "other plan",
      isReconfigured: true,
      dispatch: { batchSize: 7 },
    });
    expect(input.configuration).toBeUndefined();
    const next = new SiteRun(input);
    expect(step(next)).toMatchObject({
      record: {
        sequence: 2,
        previousHash: "hash-1",
        planHash: "other plan",
        output: { cohorts: [{}, { cohortId: "b" }] },
      },
    });
    expect(next.next(RULE_SET, "run-2").isReconfigured).toBeUndefined();
  });

  it("waits for its moment, which the site looks at by itself, also over the end of a run", () => {
    const run = running();
    run.configure(request(at("12:02:30")), at("12:01:00"));
    expect(step(run)).toMatchObject({ kind: "record", record: { planHash: "plan" } });
    expect(run.ownLook).toBe(at("12:02:30"));
    run.close(); // the server suggests a new run meanwhile
    const next = new SiteRun(run.next(RULE_SET, "run-1"));
    expect(next.ownLook).toBe(at("12:02:30"));
    next.receive({ kind: "wake", id: "wake/1", at: at("12:02:30") }, at("12:02:30"));
    expect(step(next)).toEqual({ kind: "close" });
    expect(next.next(RULE_SET, "run-2").planHash).toBe("other plan");
  });

  it("on a paced clock wakes the site at its moment: that is what its keeper is told", () => {
    const run = new SiteRun(firstRun({ clock: { kind: "paced" } }));
    run.receive(hashprice(at("12:00:00")), undefined);
    run.receive(price(at("12:00:00")), undefined);
    expect(step(run)).toMatchObject({ kind: "record", nextLook: at("12:10:00") });
    run.configure(request(at("12:02:30")), undefined);
    expect(step(run)).toMatchObject({ kind: "record", nextLook: at("12:02:30") });
    run.receive({ kind: "wake", id: "wake/1", at: at("12:02:30") }, undefined);
    expect(step(run)).toEqual({ kind: "close" });
    expect(run.next(RULE_SET, "run-1").planHash).toBe("other plan");
  });

  it("that waits is looked at in its moment though the rules fail meanwhile", () => {
    const run = new SiteRun(firstRun({ state: { ...initialSiteState(PLAN), cohorts: [] } }));
    run.configure(request(at("12:02:30")), at("12:01:00"));
    expect(run.ownLook).toBe(at("12:02:30"));
    expect(step(run)).toEqual({ kind: "taken-up" });
    expect(run.ownLook).toBe(at("12:02:30"));
  });

  it.each([
    ["nothing at all", null, /expected a configuration/],
    [
      "another site's plan",
      { ...request(MIDNIGHT), plan: { ...plan, siteId: "elsewhere" } },
      /of site elsewhere, this is/,
    ],
    ["no reason", { ...request(MIDNIGHT), reason: " " }, /needs reason/],
    ["a moment that is none", { ...request(MIDNIGHT), effectiveAt: "soon" }, /effectiveAt is no moment/],
    ["no dispatch settings", { ...request(MIDNIGHT), dispatch: undefined }, /needs dispatch/],
    ["batches of no machine", { ...request(MIDNIGHT), dispatch: { ...dispatch, batchSize: 0 } }, /dispatch\.batchSize/],
    [
      "another settlement point",
      { ...request(MIDNIGHT), plan: { ...plan, settlementPoint: "LZ_HOUSTON" } },
      /HB_HOUSTON HU to LZ_HOUSTON HU: its prices and settled days go by it\. Run the new point as a site of its own/,
    ],
    [
      "another type of the point",
      { ...request(MIDNIGHT), plan: { ...plan, settlementPointType: "SH" } },
      /HB_HOUSTON HU to HB_HOUSTON SH/,
    ],
    ["a plan without cohorts", { ...request(MIDNIGHT), plan: { ...plan, cohorts: [] } }, /has no cohorts/],
  ])("with %s is refused with the reason", (_what, bad, why) => {
    expect(configureProblem(PLAN, bad)).toMatch(why);
  });
});

/** What may happen to a run between two steps, and while a decision is recorded. */
const event = fc.oneof(
  fc.record({ kind: fc.constant("price" as const), after: fc.integer({ min: 0, max: 400 }) }),
  fc.record({ kind: fc.constant("order" as const), after: fc.integer({ min: 0, max: 400 }) }),
  fc.record({ kind: fc.constant("release" as const), of: fc.nat(5) }),
  fc.record({ kind: fc.constant("wake" as const), after: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ kind: fc.constant("ask-again" as const), of: fc.nat(5) }),
);
const round = fc.record({
  before: fc.array(event, { maxLength: 3 }),
  whileRecorded: fc.array(event, { maxLength: 3 }),
  suggested: fc.boolean(),
});

describe("any interleaving of orders, releases, prices, wakes, recordings and the server's suggestion", () => {
  it("leaves nobody without an answer, ends every run, and loses no order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 14 }), fc.boolean(), async (rounds, paced) => {
        let now = at("23:40:00");
        let serial = 0;
        let runs = 1;
        const placed = new Map<string, SiteInput>();
        const unanswered = new Set<string>();
        const carried = new Set<string>();
        let run = new SiteRun(firstRun({ clock: paced ? { kind: "paced" } : { kind: "real" } }));
        run.receive(hashprice(now), paced ? undefined : now);
        const ask = (input: SiteInput): void => {
          placed.set(input.id, input);
          unanswered.add(input.id);
          void run.ask(input).then((answer) => {
            expect(answer.id).toBe(input.id);
            if (answer.kind === "carried-over") carried.add(input.id);
            else carried.delete(input.id);
            unanswered.delete(input.id);
          });
        };
        const nth = (of: number): SiteInput | undefined => [...placed.values()][of % Math.max(placed.size, 1)];
        const happen = (one: typeof event extends fc.Arbitrary<infer E> ? E : never): void => {
          if ("after" in one) now = addSeconds(now, one.after);
          const market = paced ? undefined : now;
          if (one.kind === "price") run.receive(price(now, (serial++ * 37) % 160), market);
          else if (one.kind === "wake") run.receive({ kind: "wake", id: `wake/${now}/${serial++}`, at: now }, market);
          else if (one.kind === "order") ask(order(`o-${serial++}`, now));
          else if (one.kind === "release") {
            const of = nth(one.of);
            if (of?.kind === "order" && run.unreleasable(of.order.orderId) === undefined)
              ask(release(of.order.orderId, now));
          } else {
            const of = nth(one.of);
            if (of !== undefined) ask(of);
          }
        };
        const goOn = async (): Promise<void> => {
          run.close();
          await Promise.resolve();
          expect([...unanswered]).toEqual([]);
          run = new SiteRun(JSON.parse(JSON.stringify(run.next(RULE_SET, `run-${runs}`))) as RunSiteInput);
          runs += 1;
          for (const id of carried) ask(placed.get(id) as SiteInput);
        };
        for (const { before, whileRecorded, suggested } of rounds) {
          before.forEach(happen);
          if (!run.hasWork) continue;
          const taken = step(run, () => whileRecorded.forEach(happen));
          if (taken.kind === "close" || suggested) await goOn();
        }
        for (let i = 0; run.hasWork && i < 6; i++) if (step(run).kind === "close") await goOn();
        await Promise.resolve();
        expect(run.hasWork).toBe(false);
        expect([...unanswered], "nobody waits").toEqual([]);
        expect([...carried], "what was carried over was decided").toEqual([]);
      }),
      { numRuns: 1_000, seed: 20261128 },
    );
  });
});

describe("what must not stop a site", () => {
  it.each([
    ["null", null],
    ["a kind that nobody knows", { kind: "moon-phase", id: "moon", at: at("12:00:00") }],
    ["a price that is no number", { ...price(at("12:00:00")), lmpUsdPerMwh: null }],
  ])("%s is noted for a person and left; the price beside it is decided on", (_what, bad) => {
    const run = new SiteRun(firstRun());
    run.receive(bad as SiteInput, at("12:00:05"));
    run.receive(price(at("12:00:00")), at("12:00:05"));
    expect(step(run)).toMatchObject({ kind: "record", record: { sequence: 1 } });
    expect(run.takeFindings()).toMatchObject([
      { siteId: "pecan-draw", problem: expect.stringMatching(/^not taken up: /) },
    ]);
  });

  it("a price stamped six hours ahead is taken at market time, so the next true one counts", () => {
    const run = new SiteRun(firstRun());
    run.receive(hashprice(at("12:00:00")), at("12:00:00"));
    run.receive({ ...price(at("12:00:00")), at: at("18:00:00") }, at("12:00:05"));
    expect(step(run)).toMatchObject({ record: { input: { asOf: at("12:00:05") } } });
    run.receive(price(at("12:05:00"), 400), at("12:05:05"));
    const second = step(run);
    expect(second).toMatchObject({ kind: "record", record: { input: { asOf: at("12:05:00") } } });
    expect(run.state.cohorts).toMatchObject([{ split: [{ modeId: "off" }], reason: "economic" }]);
    expect(run.takeFindings()).toMatchObject([
      { problem: expect.stringMatching(/stamped .* more than 120 s after market time/) },
    ]);
  });

  it("rules that fail are noted, the orders they were asked for are answered, and the site looks again", async () => {
    const run = new SiteRun(
      firstRun({ state: { ...initialSiteState(PLAN), cohorts: [] } }), // a state that the plan does not fit
    );
    const asked = run.ask(order("maria-1", at("12:00:00")));
    expect(step(run)).toEqual({ kind: "taken-up" });
    expect(await asked).toMatchObject({
      kind: "decided",
      sequence: 0,
      sentence: expect.stringContaining("no decision"),
    });
    expect(run.takeFindings()).toMatchObject([
      { inputIds: ["order/maria-1"], problem: expect.stringMatching(/^no decision: /) },
    ]);
    expect(run.nextLook).toBe(at("12:05:00"));
  });

  it("a record that no server would take is not made: the order is answered with why, and the run goes on", async () => {
    const reason = "x".repeat(20_000);
    const orders = Array.from({ length: 40 }, (_, i) => ({ ...order(`o-${i}`, at("11:59:00")).order, reason }));
    const run = new SiteRun(firstRun({ state: { ...initialSiteState(PLAN), orders } }));
    const asked = run.ask(order("maria-1", at("12:00:00")));
    expect(step(run)).toEqual({ kind: "taken-up" });
    expect(await asked).toMatchObject({
      kind: "decided",
      sequence: 0,
      sentence: expect.stringMatching(
        /^no decision: its record would have \d{6} characters, at most 600000 can be kept$/,
      ),
    });
    expect(run.takeFindings()).toMatchObject([{ inputIds: ["order/maria-1"] }]);
    run.receive({ kind: "wake", id: "wake/1", at: at("12:40:00") }, at("12:40:00"));
    expect(step(run)).toMatchObject({ kind: "record", record: { sequence: 1, input: { facts: { orders: [] } } } });
  });

  it("an input that the rules cannot digest is noted, and the one beside it is decided on", () => {
    const run = new SiteRun(firstRun());
    void run.ask({ kind: "order", id: "order/bad", at: at("12:00:00") } as SiteInput); // past the check of the update
    run.receive(price(at("12:00:05")), at("12:00:06"));
    expect(step(run)).toMatchObject({ kind: "record", record: { sequence: 1, input: { asOf: at("12:00:05") } } });
    expect(run.takeFindings()).toMatchObject([
      { inputIds: ["order/bad"], problem: expect.stringMatching(/^order cannot be taken up: TypeError/) },
    ]);
  });

  it("tells the first twenty findings of a run, the last with the word that there are more", () => {
    const run = new SiteRun(firstRun());
    for (let i = 0; i < 50; i++) run.receive(null as unknown as SiteInput, at("12:00:00"));
    const findings = run.takeFindings();
    expect(findings.length).toBe(20);
    expect(findings.at(-1)?.problem).toMatch(/further findings of this run are not told one by one$/);
  });
});

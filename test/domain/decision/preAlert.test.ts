import { describe, expect, it } from "vitest";
import type { GridPreAlert } from "../../../src/domain/market/model.ts";
import type { SiteInput } from "../../../src/domain/inputs/facts.ts";
import type { PreAlertAction } from "../../../src/domain/decision/model.ts";
import { ruleOf } from "../../../src/domain/decision/rules/index.ts";
import { siteStateFromRecords } from "../../../src/domain/decision/siteStateFromRecords.ts";
import { at, hashprice, modes, scedLmp, site, TestSite } from "./site.ts";

const low: GridPreAlert = { prcMw: 2_985, belowMw: 3_000, observedAt: at("18:37:00") };

function grid(time: string, preAlert?: GridPreAlert, level: "normal" | "watch" | "eea1" = "normal"): SiteInput {
  return {
    kind: "grid-condition",
    id: `grid/${time}`,
    at: at(time),
    level,
    stateText: level,
    prcMw: preAlert === undefined ? 3_400 : preAlert.prcMw,
    ...(preAlert === undefined ? {} : { preAlert }),
    observedAt: at(time),
    source: "test",
    contentHash: "00",
  };
}

/** Strike 75: off at 18:36 for a price of 400 $/MWh; at 18:41 it is 30 again. */
function offForPrice(onPrcPreAlert: PreAlertAction, changes: Parameters<typeof site>[0] = {}): TestSite {
  const one = new TestSite(site({ gridSource: "feed", onPrcPreAlert, ...changes }));
  for (const input of [
    hashprice("18:30:00"),
    grid("18:30:01"),
    scedLmp("18:29:50", 30),
    scedLmp("18:35:10", 400),
    grid("18:37:00", low),
  ])
    one.take(input);
  return one;
}
const now = (one: TestSite): string => modes(one.decideAt(one.state.asOf ?? at("18:41:00")).output);

describe("a pre-alert by PRC alone", () => {
  it("keeps what is off from restarting, by the site's own policy and not as a grid rule", () => {
    const one = offForPrice("no-restart");
    one.take(scedLmp("18:45:05", 30));
    expect(now(one)).toBe("a:off/pre-alert");
    const record = one.records.at(-1);
    expect(record?.output.cohorts[0]?.sentence).toBe(
      "S19j Pro to stay off: ERCOT's PRC of 2985 MW is below the 3000 MW of a Watch, the site's policy allows no restart.",
    );
    expect(record?.input.facts.grid).toEqual({
      level: "normal",
      since: at("18:30:01"),
      saidBy: ["grid-condition"],
      observedAt: at("18:37:00"),
      preAlert: low,
      evidence: [
        {
          source: "grid-condition",
          report: "test",
          level: "normal",
          since: at("18:30:01"),
          observedAt: at("18:37:00"),
          preAlert: low,
        },
      ],
      assumed: false,
    });
    expect(ruleOf("pre-alert").settlement).toBe("ECONOMIC");
    expect(ruleOf("pre-alert").slaExclusion).toBeUndefined();
  });

  it("takes nothing off that runs", () => {
    const one = new TestSite(site({ gridSource: "feed", onPrcPreAlert: "no-restart" }));
    for (const input of [hashprice("18:30:00"), scedLmp("18:29:50", 30), grid("18:37:00", low)]) one.take(input);
    expect(now(one)).toBe("a:normal/economic");
  });

  it("is noted and does nothing where the policy is none", () => {
    const one = offForPrice("none");
    one.take(scedLmp("18:45:05", 30));
    expect(now(one)).toBe("a:normal/economic");
    expect(one.records.at(-1)?.input.facts.grid.preAlert).toEqual(low);
  });

  it("ends with it: the next decision restarts", () => {
    const one = offForPrice("no-restart");
    one.take(scedLmp("18:45:05", 30));
    expect(one.take(grid("18:47:00")).relevant).toBe(true);
    expect(modes(one.records.at(-1)!.output)).toBe("a:normal/economic");
  });

  it("gives way to an operator who orders a run, and to a level that ERCOT declares", () => {
    const ordered = offForPrice("no-restart");
    const order = {
      orderId: "o-1",
      actor: "desk",
      reason: "test",
      action: "run",
      from: at("18:38:00"),
      until: at("20:00:00"),
    } as const;
    ordered.take({ kind: "order", id: "o", at: at("18:38:00"), order });
    expect(now(ordered)).toBe("a:normal/operator-order");
    const declared = offForPrice("no-restart");
    declared.take(scedLmp("18:45:05", 30));
    declared.take(grid("18:47:00", low, "eea1"));
    expect(now(declared)).toBe("a:off/eea-policy");
  });

  it("claims nothing while the grid feed is silent: then the policy on silence is the reason", () => {
    const one = offForPrice("no-restart");
    one.take({ kind: "feed-silent", id: "silent", at: at("18:44:00"), feed: "grid-condition" });
    one.take(scedLmp("18:45:05", 30));
    expect(now(one)).toBe("a:off/silence");
  });

  it("outlives a site's run that ended without handing over, with whether the state can be read", () => {
    const one = offForPrice("no-restart");
    const unreadable = { ...grid("18:39:00", low), unreadable: true, stateText: "brownout" } as SiteInput;
    one.take(unreadable);
    const state = siteStateFromRecords(one.plan, one.records, { recordHash: "hash", revision: 1 });
    expect(state.grid).toEqual(one.state.grid);
    expect(state.grid).toMatchObject({
      level: "normal",
      observedAt: at("18:39:00"),
      unreadable: true,
      preAlert: low,
      evidence: [{ source: "grid-condition", level: "normal", unreadableSince: at("18:39:00"), preAlert: low }],
    });
  });
});

it("a pre-alert of the site's own says its figure and how fast PRC fell, and is booked as the site's own choice", () => {
  const one = offForPrice("no-restart");
  one.take(grid("18:38:00", { prcMw: 3_420, belowMw: 3_500, fallingMwPerMinute: 62.25, observedAt: at("18:38:00") }));
  one.take(scedLmp("18:45:05", 30));
  expect(one.records.at(-1)?.output.cohorts[0]?.sentence).toBe(
    "S19j Pro to stay off: ERCOT's PRC of 3420 MW was below the site's own 3500 MW and fell by 62 MW a minute, the " +
      "site's policy allows no restart.",
  );
  expect(one.records.at(-1)?.output.cohorts[0]?.reason).toBe("pre-alert");
});

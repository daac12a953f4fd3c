import { describe, expect, it } from "vitest";
import { heldBack } from "../../activities/heldBack.ts";
import type { Freeze } from "../../src/domain/inputs/freezes.ts";
import type { SafetyStop } from "../../src/domain/inputs/safetyStops.ts";
import type { CohortPlan, SitePlan } from "../../src/domain/decision/model.ts";
import type { ShareTarget } from "../../src/domain/dispatch/model.ts";
import { at, cohort, site } from "../domain/decision/site.ts";

/** Why cohort `a` gets no command from a worker with such a configuration, whatever the dispatch says. */
function why(
  one: Partial<CohortPlan>,
  plan: Partial<SitePlan> = {},
  frozen: readonly Freeze[] = [],
  stopped: readonly SafetyStop[] = [],
  point: ShareTarget["point"] = { kind: "off" },
) {
  const own = site({ ...plan, cohorts: [cohort(one)] });
  const freezes = { inForce: async () => frozen, keep: async () => {} };
  return heldBack(
    { book: new Map([[own.siteId, { plan: own }]]), freezes, stops: { inForce: async () => stopped } },
    own.siteId,
    { cohortId: "a", point },
  );
}
const freeze = { actor: "maria", reason: "electricians", at: at("12:00:00") };

describe("a batch of a dispatch is commanded only as far as the worker's own configuration allows", () => {
  it("a cohort under control gets its commands", async () => {
    expect(await why({})).toBeUndefined();
  });

  it.each([
    ["a cohort that is locked out", why({ lockedOut: true }), "cohort a is locked out in this worker's configuration"],
    ["a cohort under advice", why({ control: "advise" }), "cohort a is not under control in this configuration"],
    ["a site in observation", why({}, { control: "observe" }), "cohort a is not under control in this configuration"],
    ["a cohort that it lacks", why({ cohortId: "b" }), "cohort a is not in this worker's configuration"],
    ["a frozen cohort", why({}, {}, [{ ...freeze, cohortId: "a" }]), "commands are frozen by maria: electricians"],
    ["a frozen site", why({}, {}, [freeze]), "commands are frozen by maria: electricians"],
  ])("%s gets none, and the reason stands beside each machine", async (_what, held, reason) => {
    expect(await held).toBe(reason);
  });

  it("a safety stop goes through the freeze of its own cohort and of no other", async () => {
    const stop = { actor: "jo", reason: "smoke", at: at("12:01:00") };
    expect(await why({}, {}, [freeze], [stop])).toBeUndefined();
    expect(await why({}, {}, [freeze], [{ ...stop, cohortId: "a" }])).toBeUndefined();
    expect(await why({}, {}, [freeze], [{ ...stop, cohortId: "b" }])).toBe(
      "commands are frozen by maria: electricians",
    );
    expect(await why({ lockedOut: true }, {}, [], [stop])).toBe(
      "cohort a is locked out in this worker's configuration",
    );
  });

  it("nothing but off is told to a cohort that is stopped for safety, whatever a dispatch says that began before it", async () => {
    const stop = { actor: "jo", reason: "smoke", at: at("12:01:00") };
    const told = (stopped: SafetyStop, point: ShareTarget["point"]) => why({}, {}, [], [stopped], point);
    for (const point of [{ kind: "on" }, { kind: "profile", profile: "305MHz" }] as ShareTarget["point"][]) {
      expect(await told(stop, point)).toBe("stopped for safety by jo: smoke");
      expect(await told({ ...stop, cohortId: "a" }, point)).toBe("stopped for safety by jo: smoke");
      expect(await told({ ...stop, cohortId: "b" }, point)).toBeUndefined();
    }
    expect(await told(stop, { kind: "off" })).toBeUndefined();
  });

  it("a freeze of another cohort holds nothing back here", async () => {
    expect(await why({}, {}, [{ ...freeze, cohortId: "b" }])).toBeUndefined();
  });
});

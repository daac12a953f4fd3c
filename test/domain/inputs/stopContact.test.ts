import { describe, expect, it } from "vitest";
import type { SafetyStop } from "../../../src/domain/inputs/safetyStops.ts";
import {
  contactAfter,
  type ContactRead,
  contactWatch,
  type ContactWatch,
  holdsDown,
  type StopContact,
  type StopInput,
} from "../../../src/domain/inputs/stopContact.ts";
import { stopDue } from "../../../src/domain/inputs/stopDue.ts";
import { namesOperator } from "../../../src/domain/evidence/operatorAdmission.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const START = parseInstant("2026-08-18T12:00:00-05:00");
const FIRE: StopInput = {
  inputId: "fire",
  name: "Fire alarm relay",
  activeWhen: "on",
  pollSeconds: 1,
  silentAfterSeconds: 5,
  onSilence: "warn",
};
const [ON, OFF, LOST]: readonly ContactRead[] = [{ isOn: true }, { isOn: false }, { problem: "no answer" }];

/** States after each look, one a second. */
function states(reads: readonly (ContactRead | undefined)[], input = FIRE, known?: StopContact): string[] {
  let watch = contactWatch(known, START);
  return reads.map((read, second) => {
    watch = contactAfter(input, watch, read as ContactRead, addSeconds(START, second));
    return watch.contact.state;
  });
}

describe("what a contact shows", () => {
  it("counts after two equal reads in a row, either way; one that bounces, or a lost read between, does not", () => {
    expect(states([OFF, OFF, ON, OFF, OFF])).toEqual(["unread", "idle", "idle", "idle", "idle"]);
    expect(states([OFF, OFF, ON, LOST, ON, ON])).toEqual(["unread", "idle", "idle", "idle", "idle", "active"]);
    expect(states([ON, ON, OFF, ON, OFF, OFF])).toEqual(["unread", "active", "active", "active", "active", "idle"]);
  });

  it("of a normally closed contact stops when it is off, as when its wire breaks", () => {
    expect(states([ON, ON, OFF, OFF], { ...FIRE, activeWhen: "off" })).toEqual(["unread", "idle", "idle", "active"]);
  });

  it("is silent once it has not answered for its time, and is known again after two equal reads", () => {
    const reads = [OFF, OFF, LOST, LOST, LOST, LOST, LOST, OFF, OFF];
    expect(states(reads)).toEqual([...Array(1).fill("unread"), ...Array(5).fill("idle"), "silent", "silent", "idle"]);
  });

  it("is silent no sooner where nobody watched it, and never answers at all", () => {
    const known: StopContact = { state: "idle", since: START, lookedAt: START, answeredAt: addSeconds(START, -3_600) };
    expect(states([LOST, LOST, LOST, LOST, LOST, LOST], FIRE, known)).toEqual([...Array(5).fill("idle"), "silent"]);
    expect(states([LOST, LOST, LOST, LOST, LOST, LOST])).toEqual([...Array(5).fill("unread"), "silent"]);
  });

  it("is silent where it answers and no two reads in a row are equal: nobody knows what it shows", () => {
    const bounces = [OFF, OFF, ON, OFF, ON, OFF, ON, OFF, ON, OFF, ON, ON];
    const silentAt = 8;
    const shown = [...Array(silentAt - 1).fill("idle"), ...Array(3).fill("silent"), "active"];
    expect(states(bounces)).toEqual(["unread", ...shown]);
    const everySecondLost = [OFF, OFF, ON, LOST, ON, LOST, ON, LOST, ON, LOST, ON];
    expect(states(everySecondLost).slice(silentAt)).toEqual(["silent", "silent", "silent"]);
  });

  it("is not unsteady by one lost read, or by one that bounces, where it is read seldom", () => {
    const seldom = { ...FIRE, pollSeconds: 2, silentAfterSeconds: 4 };
    const shown = (reads: readonly (ContactRead | undefined)[]) => {
      let watch = contactWatch(undefined, START);
      return reads.map((read, look) => {
        watch = contactAfter(seldom, watch, read as ContactRead, addSeconds(START, 2 * look));
        return watch.contact.state;
      });
    };
    expect(shown([OFF, OFF, LOST, OFF, OFF])).toEqual(["unread", ...Array(4).fill("idle")]);
    expect(shown([OFF, OFF, ON, OFF, OFF])).toEqual(["unread", ...Array(4).fill("idle")]);
  });

  it("is not unsteady where it was read late: a site took its time to decide", () => {
    let watch = contactWatch(undefined, START);
    for (const second of [0, 1]) watch = contactAfter(FIRE, watch, { isOn: false }, addSeconds(START, second));
    watch = contactAfter(FIRE, watch, { isOn: true }, addSeconds(START, 60));
    expect(watch.contact.state).toBe("idle");
  });

  it("is silent after its time also where the clock was set back an hour meanwhile", () => {
    let watch = contactWatch(undefined, addSeconds(START, 3_600));
    for (const second of [3_600, 3_601]) watch = contactAfter(FIRE, watch, { isOn: false }, addSeconds(START, second));
    for (let second = 0; second <= 6; second += 1)
      watch = contactAfter(FIRE, watch, { problem: "no answer" }, addSeconds(START, second));
    expect(watch.contact.state).toBe("silent");
  });

  it("silence holds machines down where the site has chosen so, and there alone", () => {
    expect(holdsDown(FIRE, { state: "silent" })).toBe(false);
    expect(holdsDown({ ...FIRE, onSilence: "stop" }, { state: "silent" })).toBe(true);
    expect([holdsDown(FIRE, { state: "active" }), holdsDown(FIRE, { state: "unread" })]).toEqual([true, false]);
  });
});

/** A watch that has read twice alike. */
function seen(contact: StopContact): ContactWatch {
  return { watchedSince: START, hasBeenSteady: true, unsteadyLooks: 0, contact };
}

describe("what an active contact asks of its site", () => {
  const SINCE = addSeconds(START, 60);
  const active = seen({ state: "active", since: SINCE, lookedAt: SINCE, answeredAt: SINCE });
  const stop = (actor: string, cohortId?: string, at = SINCE): SafetyStop => ({ cohortId, actor, reason: "smoke", at });
  const halls = { ...FIRE, cohorts: ["hall-1", "hall-2"] };
  const decided = { since: SINCE, askedAt: SINCE, isDecided: true };

  it("a stop of the site, or of each of its cohorts, and none while it shows nothing to stop", () => {
    expect(stopDue(FIRE, active, undefined, [])).toEqual({ scopes: [undefined] });
    expect(stopDue(halls, active, undefined, [])).toEqual({ scopes: ["hall-1", "hall-2"] });
    expect(stopDue(FIRE, seen({ ...active.contact, state: "idle" }), undefined, [])).toBeUndefined();
  });

  it("nothing more once its stop stands, also after a restart, and when it closes again under it", () => {
    expect(stopDue(FIRE, active, decided, [stop("input:fire")])).toBeUndefined();
    const again = seen({ ...active.contact, since: addSeconds(SINCE, 300) });
    expect(stopDue(FIRE, again, decided, [stop("input:fire")])).toBeUndefined();
  });

  it("its own stop over a person's when it closes, and leaves a person's alone afterwards", () => {
    expect(stopDue(FIRE, active, undefined, [stop("maria")])).toEqual({ scopes: [undefined] });
    expect(stopDue(FIRE, active, decided, [stop("maria")])).toBeUndefined();
  });

  it("again what somebody let start again while it is active", () => {
    expect(stopDue(halls, active, decided, [stop("input:fire", "hall-1")])).toEqual({ scopes: ["hall-2"] });
  });

  it("nothing by what was kept before it was taken out and put in again, until it is read twice alike", () => {
    const kept = contactWatch(active.contact, addSeconds(SINCE, 3_600));
    const once = contactAfter(FIRE, kept, { isOn: true }, addSeconds(SINCE, 3_600));
    const twice = contactAfter(FIRE, once, { isOn: true }, addSeconds(SINCE, 3_601));
    expect([kept, once].map((watch) => stopDue(FIRE, watch, decided, []))).toEqual([undefined, undefined]);
    expect(stopDue(FIRE, twice, decided, [])).toEqual({ scopes: [undefined] });
    const open = { ...decided, isDecided: false };
    expect(stopDue(FIRE, once, open, []), "asked, and nobody knows what came of it").toEqual({
      scopes: [undefined],
      askedAt: SINCE,
    });
  });

  it("nothing by a silence that was kept, until it has been silent for its time in this watch", () => {
    const input = { ...FIRE, onSilence: "stop" as const };
    const silent = { ...active.contact, state: "silent" as const };
    let watch = contactWatch(silent, SINCE);
    const due = [0, 1, 2, 3, 4, 5].map((second) => {
      watch = contactAfter(input, watch, { problem: "no answer" }, addSeconds(SINCE, second));
      return stopDue(input, watch, decided, []) !== undefined;
    });
    expect(due).toEqual([false, false, false, false, false, true]);
  });

  it("the same request where nobody knows whether the site has decided: kept or not, it is one stop", () => {
    const open = { ...decided, isDecided: false };
    expect(stopDue(FIRE, active, open, [])).toEqual({ scopes: [undefined], askedAt: SINCE });
    expect(stopDue(FIRE, active, open, [stop("input:fire")])).toEqual({ scopes: [undefined], askedAt: SINCE });
    const before = [stop("input:fire", "hall-1", START)];
    expect(stopDue(halls, active, open, before)).toEqual({ scopes: ["hall-2"], askedAt: SINCE });
  });

  it("a name that no operator can have", () => {
    expect(namesOperator("input:fire")).toBe(false);
  });
});

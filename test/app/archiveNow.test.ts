import { describe, expect, it } from "vitest";
import { archiveRetrySeconds } from "../../src/app/evidence/archiveRetrySeconds.ts";
import { archiveProblemText, archiveText } from "../../src/app/status/archiveText.ts";
import { parseInstant } from "../../src/domain/units/instant.ts";
import { archiveNow } from "../../src/readModels/archiveNow.ts";

const SETTINGS = { folder: "/archive", at: "03:30" };
const at = parseInstant;
const run = { folder: "/archive", documents: 4_100, bytes: 9, at: at("2026-08-17T08:31:00Z") };
/** The oldest document had to go on the 18th at 01:00; the turn is at 03:30, 08:30 UTC. */
const owedSince = at("2026-08-18T06:00:00Z");

describe("the archive in `ballast status`", () => {
  it("is where documents went last while the turn is not due, or has begun within 6 h", () => {
    for (const now of ["2026-08-18T08:00:00Z", "2026-08-18T14:29:59Z"].map(at)) {
      const archive = archiveNow(SETTINGS, { owedSince, lastRun: run }, now);
      expect(archiveProblemText(archive, now)).toBeUndefined();
      expect(archiveText(archive, now)).toMatch(/^\/archive: 4100 documents at (2026-08-17 )?03:31:00$/);
    }
  });

  it("says from the seventh hour on that the turn is not done, since when, and what to do", () => {
    const now = at("2026-08-18T14:30:01Z");
    expect(archiveProblemText(archiveNow(SETTINGS, { owedSince, lastRun: run }, now), now)).toBe(
      "the turn of 2026-08-18 is not done: `ballast start` does it while it runs, `ballast archive` at once " +
        "(documents had to go from 01:00:00 on)",
    );
  });

  it("says what the last turn failed of at once, and nothing any more once what was due has gone", () => {
    const now = at("2026-08-18T08:40:00Z");
    const failed = { ...run, at: now, problem: "there is no room in the archive /archive (ENOSPC): make some" };
    expect(archiveNow(SETTINGS, { owedSince, lastRun: failed }, now).problem).toBe(failed.problem);
    const later = at("2026-08-18T20:00:00Z");
    expect(archiveNow(SETTINGS, { owedSince: later, lastRun: failed }, now).problem).toBeUndefined();
  });

  it("without a schedule asks for one once documents are a week beyond their days, and is else not mentioned", () => {
    const days = (count: number) => at(`2026-08-${18 + count}T06:00:00Z`);
    const none = archiveNow(undefined, { owedSince }, days(6));
    expect([none.problem, archiveText(none, days(6))]).toEqual([undefined, undefined]);
    expect(archiveNow(undefined, { owedSince }, at("2026-08-25T06:00:01Z")).problem).toMatch(/name an `archive`/);
  });
});

it("a turn that fails is tried again after 5, 10, 20 minutes, doubled to 6 h", () => {
  expect([1, 2, 3, 7, 8, 40].map(archiveRetrySeconds)).toEqual([300, 600, 1_200, 19_200, 21_600, 21_600]);
});

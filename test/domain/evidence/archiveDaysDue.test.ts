import { expect, it } from "vitest";
import { archiveDaysDue } from "../../../src/domain/evidence/archiveDaysDue.ts";
import { archiveDueAt } from "../../../src/domain/evidence/archiveDueAt.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";

const due = (owedSince: string | undefined, now: string, at = "03:30", daysMax = 7): string[] =>
  archiveDaysDue(owedSince === undefined ? undefined : parseInstant(owedSince), at, parseInstant(now), daysMax).map(
    ({ day, dueAt }) => `${day} ${dueAt}`,
  );

it("where nothing has to leave no day is due, however long nobody archived: also with every site retired", () => {
  expect(due(undefined, "2026-08-18T12:00:00Z")).toEqual([]);
});

it("what has to leave from 04:00 Central on waits for the next 03:30, and is due at that moment, not before", () => {
  const owed = "2026-08-18T09:00:00Z";
  expect(due(owed, "2026-08-18T22:00:00Z")).toEqual([]);
  expect(due(owed, "2026-08-19T08:29:59.999Z")).toEqual([]);
  expect(due(owed, "2026-08-19T08:30:00Z")).toEqual(["2026-08-19 2026-08-19T08:30:00.000Z"]);
});

it("a document that has to leave at 03:30 to the millisecond goes the next day: the turn takes what is older", () => {
  expect(due("2026-08-18T08:30:00Z", "2026-08-18T23:00:00Z")).toEqual([]);
  expect(due("2026-08-18T08:29:59.999Z", "2026-08-18T08:30:00Z")).toHaveLength(1);
});

it("a start after nine days away takes the missed days up, the oldest first, seven in one turn and two in the next", () => {
  const now = "2026-08-20T12:00:00Z";
  const first = due("2026-08-11T23:00:00Z", now);
  expect(first.map((one) => one.slice(0, 10))).toEqual([12, 13, 14, 15, 16, 17, 18].map((day) => `2026-08-${day}`));
  // those seven have gone: the oldest document left had to leave on the 18th at 10:00
  expect(due("2026-08-18T15:00:00Z", now).map((one) => one.slice(0, 10))).toEqual(["2026-08-19", "2026-08-20"]);
});

it("in spring a turn at 02:30, which the clocks skip, is at 03:00 daylight time, once", () => {
  expect(due("2026-03-07T20:00:00Z", "2026-03-09T20:00:00Z", "02:30")).toEqual([
    "2026-03-08 2026-03-08T08:00:00.000Z",
    "2026-03-09 2026-03-09T07:30:00.000Z",
  ]);
});

it("in autumn a turn at 01:30, which comes twice, is at the first one, once", () => {
  expect(due("2026-10-31T20:00:00Z", "2026-11-02T20:00:00Z", "01:30")).toEqual([
    "2026-11-01 2026-11-01T06:30:00.000Z",
    "2026-11-02 2026-11-02T07:30:00.000Z",
  ]);
});

it("03:30 is 08:30 UTC in summer and 09:30 in winter, the change days included", () => {
  const at = (day: string) => archiveDueAt(day, "03:30").slice(11, 16);
  expect([at("2026-03-07"), at("2026-03-08"), at("2026-10-31"), at("2026-11-01")]).toEqual([
    "09:30",
    "08:30",
    "08:30",
    "09:30",
  ]);
});

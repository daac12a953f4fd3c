import { describe, expect, it } from "vitest";
import { canRestore, canShed } from "../../../src/domain/dispatch/canFollow.ts";

describe("what a machine can do next, from its last read-back", () => {
  it.each([
    ["running where it should", "running", true, true, true],
    ["running though its cohort went down", "running", false, true, false],
    ["running, never driven before", "running", undefined, true, true],
    ["ramping up", "ramping", true, true, true],
    ["woken into nothing", "ramping", false, false, true],
    ["asleep where it should", "asleep", true, false, true],
    ["asleep though its cohort came back", "asleep", false, false, true],
    ["silent", "unknown", false, false, false],
  ] as const)("%s", (_title, state, atTarget, shed, restore) => {
    expect([canShed({ state, atTarget }), canRestore({ state, atTarget })]).toEqual([shed, restore]);
  });
});

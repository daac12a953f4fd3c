import { describe, expect, it } from "vitest";
import { bundleGuide } from "../../src/replay/bundleGuide.ts";

describe("the guide to an audit bundle", () => {
  const guide = bundleGuide("pecan-flat");

  it("says what a posting is, whose sign it has, and where a client's papers lie, on 100 columns", () => {
    const words = guide.replace(/\s+/g, " ");
    expect(words).toContain("debit positive, credit negative; an entry's postings sum to 0");
    expect(words).toContain("A client is given its own papers and none of the others.");
    expect(words).toContain("registerWh: cumulative register, Wh; absent when the meter gave none, which is not 0");
    expect(guide.split("\n").filter((line) => [...line].length > 100 || line !== line.trimEnd())).toEqual([]);
  });
});

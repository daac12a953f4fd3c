import { expect, it } from "vitest";
import { powerProblem } from "../../../src/domain/verification/plausiblePower.ts";

/** A float whose two words came in the wrong order. */
function wordsSwapped(kw: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(kw);
  return Buffer.concat([bytes.subarray(2), bytes.subarray(0, 2)]).readFloatBE();
}

it.each([1_000, 2_000, 16_000])(
  "%d kW with its words swapped is no measurement, and no proof that a site is off",
  (kw) => {
    expect(wordsSwapped(kw)).toBeLessThan(1e-38);
    expect(powerProblem(wordsSwapped(kw), 50_000)).toMatch(
      /no measurement: are the words of its registers in the wrong/,
    );
  },
);

it("a site that is off shows zero of either sign, or the little of an unloaded transformer", () => {
  for (const kw of [0, -0, 0.001, -0.4]) expect(powerProblem(kw, 50_000)).toBeUndefined();
});

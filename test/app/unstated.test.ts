import { expect, it } from "vitest";
import { isWhole } from "../../src/app/session/sessionSummary.ts";

it("a replayed day whose audit holds and one of whose statements is refused is not whole", () => {
  const verdict = { ok: true, layers: [] };
  expect(isWhole({ verdict, unstated: [] } as never)).toBe(true);
  const unstated = [{ contractId: "mesquite-2024", why: "94 intervals without settlement price of HB_WEST (HU)" }];
  expect(isWhole({ verdict, unstated } as never)).toBe(false);
});

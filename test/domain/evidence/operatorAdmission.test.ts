import { describe, expect, it } from "vitest";
import { admission } from "../../../src/domain/evidence/operatorAdmission.ts";
import { addSeconds, type Instant } from "../../../src/domain/units/instant.ts";

const NOW = "2026-08-18T22:05:00.000Z" as Instant;
const key = { keyId: "0123456789abcdef", publicKeyPem: "pem", actor: "maria", roles: ["desk"] as const };
const judged = (at: Instant, isClockReal: boolean) =>
  admission({
    asked: {
      siteId: "mesa",
      update: "placeOrder",
      request: {
        id: "order/1",
        at,
        order: { actor: "maria" },
        proof: { keyId: key.keyId, signedAt: NOW, nonce: "n".repeat(24), signature: "s" },
      } as never,
    },
    key,
    isSigned: true,
    now: NOW,
    isClockReal,
  });

describe("an order signed now, by the desk's own key", () => {
  it("but stamped six hours ahead is refused on the real clock: the site would leave out every price until then", () => {
    expect(judged(addSeconds(NOW, 21_600), true)).toMatchObject({
      kind: "refused",
      why: expect.stringMatching(/^it is stamped 2026-08-19T04:05:00\.000Z, more than 120 s after market time/),
    });
  });

  it("stamped two minutes ahead, or hours ago, moves no site ahead and is admitted", () => {
    expect(judged(addSeconds(NOW, 120), true).kind).toBe("admitted");
    expect(judged(addSeconds(NOW, -21_600), true).kind).toBe("admitted");
  });

  it("on a paced clock has its keeper's stamp", () => {
    expect(judged(addSeconds(NOW, 21_600), false).kind).toBe("admitted");
  });
});

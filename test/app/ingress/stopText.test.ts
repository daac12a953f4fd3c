import { expect, it } from "vitest";
import { stopText } from "../../../src/app/ingress/stopText.ts";
import { STOP_KINDS } from "../../../src/domain/inputs/safetyStops.ts";
import { at } from "../../domain/decision/site.ts";

const KIND = STOP_KINDS.start;
const END = {
  messageNo: "7",
  siteId: "north",
  input: { kind: KIND, id: "door/7", at: at("09:00:00"), actor: "panel", reason: "hall 2 is clear" },
} as const;
const HELD = "stop input estop-hall-2 holds the site down since 08:40 Central (its contact is open)";

it("an end that a contact holds is asked to wait for what holds it, not for a stop, which is in force", () => {
  const { status, body } = stopText(
    { messageNo: "7", isSeenBefore: false, isTold: false, verdict: { kind: "accepted" }, siteRefusal: HELD },
    END,
  );
  expect([status, body]).toEqual([
    409,
    {
      code: "refused",
      where: "",
      why: HELD,
      expected: "that what `why` names is over; then a new request, with a new nonce",
      message: "7",
    },
  ]);
});

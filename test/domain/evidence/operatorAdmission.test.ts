import { describe, expect, it } from "vitest";
import {
  admission,
  type AdmissionFacts,
  type OperatorKey,
  PROOF_VALID_SECONDS,
} from "../../../src/domain/evidence/operatorAdmission.ts";
import { addSeconds, parseInstant } from "../../../src/domain/units/instant.ts";

const NOW = parseInstant("2026-08-18T22:05:00Z");
const KEY: OperatorKey = {
  keyId: "0123456789abcdef",
  publicKeyPem: "looked at by whoever checks the signature",
  actor: "maria",
  roles: ["desk"],
};
const GATEWAY: OperatorKey = { ...KEY, actor: "gateway", vouches: true };

/** What is said of maria's order, signed `ageSeconds` ago, and of what differs from it. */
function judged(changes: Partial<AdmissionFacts> = {}, actor = "maria", ageSeconds = 0): string {
  const proof = { keyId: KEY.keyId, signedAt: addSeconds(NOW, -ageSeconds), nonce: "n".repeat(24), signature: "" };
  const request = { id: "order/1", order: { actor }, proof };
  const asked = { siteId: "north", update: "placeOrder", request } as AdmissionFacts["asked"];
  const answer = admission({ asked, key: KEY, isSigned: true, now: NOW, ...changes });
  return answer.kind === "admitted" ? `admitted as ${answer.actor}` : answer.why;
}

describe("an operator's request is admitted in nobody's name but its key's", () => {
  it("signed by maria's own key, it is maria's", () => {
    expect(judged()).toBe("admitted as maria");
    expect(judged({ key: { ...KEY, sites: ["south", "north"] } })).toBe("admitted as maria");
  });

  it.each([
    [
      "a key that is not listed",
      judged({ key: undefined }),
      "the key 0123456789abcdef is not known here, or was removed",
    ],
    ["a signature of another key", judged({ isSigned: false }), "the signature is not of the key 0123456789abcdef"],
    ["a key that only looks", judged({ key: { ...KEY, roles: ["viewer"] } }), "maria may not order"],
    [
      "a key for another site",
      judged({ key: { ...KEY, sites: ["south", "west"] } }),
      "maria may order at south, west alone, not at north",
    ],
    ["a key for no site", judged({ key: { ...KEY, sites: [] } }), "maria may order at no site alone, not at north"],
    [
      "another's name",
      judged({}, "jose"),
      `the key 0123456789abcdef is maria's and cannot order in the name of "jose"`,
    ],
    ["a name that is none, by a gateway", judged({ key: GATEWAY }, "m a r i a"), "cannot order in the name of"],
  ])("%s is refused", (_what, said, why) => {
    expect(said).toContain(why);
  });

  it("a gateway's key that may vouch orders for whom it signed in; without that word it is its own name's alone", () => {
    expect(judged({ key: GATEWAY }, "jose")).toBe("admitted as jose");
    const { vouches: _, ...own } = GATEWAY;
    expect(judged({ key: own }, "jose")).toContain(`is gateway's and cannot order in the name of "jose"`);
  });

  it.each([
    ["stops machines", "stopMachines", "stop", "admitted as maria"],
    ["lets no machine start", "stopMachines", "stop-over", "maria may not order"],
    ["freezes nothing", "freezeCommands", "stop", "maria may not order"],
    ["places no order", "placeOrder", undefined, "maria may not order"],
  ])("a key with the role stop alone %s", (_what, update, kind, said) => {
    const proof = { keyId: KEY.keyId, signedAt: NOW, nonce: "n".repeat(24), signature: "" };
    const request = { id: "stop/1", kind, actor: "maria", proof };
    const asked = { siteId: "north", update, request } as AdmissionFacts["asked"];
    expect(judged({ asked, key: { ...KEY, roles: ["stop"] } })).toContain(said);
    expect(judged({ asked, key: { ...KEY, roles: ["desk"] } })).toBe("admitted as maria");
    expect(judged({ asked, key: { ...KEY, roles: ["viewer"] } })).toContain("maria may not order");
    expect(judged({ asked, key: { ...KEY, roles: ["stop"], sites: ["south"] } })).toContain("maria may");
  });

  it("a key with the role start-again alone ends a safety stop, and can do nothing else", () => {
    const proof = { keyId: KEY.keyId, signedAt: NOW, nonce: "n".repeat(24), signature: "" };
    const by = (update: string, kind: string): string => {
      const request = { id: "start/1", kind, actor: "maria", proof };
      const asked = { siteId: "north", update, request } as AdmissionFacts["asked"];
      return judged({ asked, key: { ...KEY, roles: ["start-again"] } });
    };
    expect(by("stopMachines", "stop-over")).toBe("admitted as maria");
    for (const [update, kind] of [
      ["stopMachines", "stop"],
      ["freezeCommands", "stop-over"],
      ["placeOrder", "stop-over"],
    ])
      expect(by(update as string, kind as string)).toContain("maria may not order");
  });

  it("it is valid ten minutes to either side of market time, and not a second longer", () => {
    expect(PROOF_VALID_SECONDS).toBe(600);
    for (const age of [600, -600]) expect(judged({}, "maria", age)).toBe("admitted as maria");
    for (const age of [601, -601]) expect(judged({}, "maria", age)).toContain("more than 10 minutes from market time");
    expect(judged({ now: undefined }, "maria", 86_400)).toBe("admitted as maria"); // the audit, long afterwards
  });
});

import { describe, expect, it } from "vitest";
import { proofProblem } from "../../../src/domain/evidence/operatorProof.ts";

const proof = {
  keyId: "0123456789abcdef",
  signedAt: "2026-08-18T22:05:11.000Z",
  nonce: "n".repeat(24),
  signature: `${"A".repeat(86)}==`,
};
/** What the connection of a hall with 100 machines tells. */
const hall = Array.from(
  { length: 200 },
  (_, i) =>
    `machines[hall-3-rack-07-${i}].endpoint.controller.address: nothing → 10.30.7.${i}, port 4028, whatsminer-v3`,
);

describe("how long a signed request may be", () => {
  it.each([
    ["a configuration that connects a hall is taken", "configure", { diff: hall }, undefined],
    ["an order of that length is not", "placeOrder", { diff: hall }, "it has more than 20000 characters"],
    [
      "a configuration that no server would take is not",
      "configure",
      { diff: ["x".repeat(600_000)] },
      "it has more than 600000 characters",
    ],
  ])("%s", (_what, update, content, problem) => {
    expect(proofProblem(update, { id: "one", ...content, proof })).toBe(problem);
  });
});

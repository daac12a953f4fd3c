import { expect, it } from "vitest";
import { clientOfContract, isSettledAnew, nextOrdinal, statementIdOf } from "../../../src/domain/statement/issuing.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { keptDay } from "../../golden/statements/keptDay.ts";

const day = keptDay();
const contract = day.contracts[0]!;

it("a contract states a period once: its number is made of both", () => {
  expect(statementIdOf("mesquite-2024", { from: "2026-08-01", to: "2026-08-31" })).toBe(
    "mesquite-2024/2026-08-01..2026-08-31",
  );
});

it("a contract is whose the settled days say, whatever the file says today", () => {
  const { contractId, clientId } = contract;
  const renamed = [{ ...contract, clientId: "somebody-else" }];
  expect(clientOfContract(contractId, day.contracts, renamed)).toBe(clientId);
  expect(clientOfContract(contractId, [], renamed)).toBe("somebody-else");
  expect(clientOfContract("nobody's", day.contracts, renamed)).toBeUndefined();
});

it("a client's statements are numbered on from the last, the first with 1", () => {
  expect([nextOrdinal([]), nextOrdinal([{ ordinal: 2 }, { ordinal: 1 }])]).toEqual([1, 3]);
});

it("a day charged by version 1 is settled anew once version 2 is there", () => {
  const result = settle(day);
  const charged = new Map([[result.operatingDay, 1]]);
  expect([1, 2].map((version) => isSettledAnew(charged, [{ ...result, version }]))).toEqual([false, true]);
});

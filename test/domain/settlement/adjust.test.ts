import { describe, expect, it } from "vitest";
import { adjust, entriesToPost } from "../../../src/domain/settlement/adjust.ts";
import type { JournalEntry } from "../../../src/domain/settlement/model.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { syntheticDay } from "../../golden/statements/syntheticDay.ts";

/** The dearest quarter hour of the day, 2,667.64 $/MWh, later corrected to 23.70. */
const CORRECTED = "2024-08-20/20/4";
const v1 = settle(syntheticDay());
const v2 = settle(syntheticDay({ version: 2, corrected: { [CORRECTED]: "2370" } }));

function balances(...lists: (readonly JournalEntry[])[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const { account, amountE8 } of lists.flat().flatMap((entry) => entry.postings)) {
    const sum = totals.get(account);
    totals.set(account, sum === undefined ? BigInt(amountE8) : sum + BigInt(amountE8));
  }
  return new Map([...totals].filter(([, e8]) => e8 !== 0n).sort());
}

describe("a corrected price is posted as differences", () => {
  const posted = adjust(v1, v2);

  it("afterwards the journal's balances are those of the new version, and sum to 0", () => {
    expect(balances(v1.entries, posted)).toEqual(balances(v2.entries));
    expect([...balances(v1.entries, posted).values()].reduce((a, b) => a + b, 0n)).toBe(0n);
  });

  it("touches the corrected interval only: supply, cedar's index charge, and each client's credit, each naming what it corrects", () => {
    expect(
      posted.every((entry) => entry.effectiveAt === "2024-08-21T00:45:00.000Z" && entry.kind === "adjustment"),
    ).toBe(true);
    expect(posted.map((entry) => entry.entryId)).toEqual([
      "adj:pecan-flat:site:2024-08-21T00:45:00.000Z:supply:all:v1:v2",
      "adj:pecan-flat:alder:2024-08-21T00:45:00.000Z:curtailment-credit:instruction:v1:v2",
      "adj:pecan-flat:birch:2024-08-21T00:45:00.000Z:curtailment-credit:instruction:v1:v2",
      "adj:pecan-flat:cedar:2024-08-21T00:45:00.000Z:energy-charge:all:v1:v2",
      "adj:pecan-flat:cedar:2024-08-21T00:45:00.000Z:curtailment-credit:instruction:v1:v2",
    ]);
    const ids = new Set(v1.entries.map((entry) => entry.entryId));
    expect(posted.every((entry) => ids.has(entry.correctionOf as string))).toBe(true);
  });

  it("takes 70 % of 6.675 MWh × (2,667.64 − 23.70) back from the client with a gross share", () => {
    const birch = posted.find((entry) => entry.clientId === "birch");
    expect(birch?.postings).toContainEqual({ account: "Liabilities:ClientShare:birch", amountE8: "1235380965000" });
  });

  it("posts nothing when nothing changed", () => {
    expect(adjust(v1, settle(syntheticDay({ version: 2 })))).toEqual([]);
  });

  it("takes an interval back whole when it can no longer be settled, and posts it again when it can", () => {
    const input = syntheticDay({ version: 2 });
    const without = settle({
      ...input,
      intervals: input.intervals.map((i) =>
        i.startAt === "2024-08-21T00:45:00.000Z" ? { ...i, price: undefined } : i,
      ),
    });
    const back = settle(syntheticDay({ version: 3, corrected: { [CORRECTED]: "2370" } }));
    const [out, again] = [adjust(v1, without), adjust(without, back)];
    expect(balances(v1.entries, out)).toEqual(balances(without.entries));
    expect(balances(v1.entries, out, again)).toEqual(balances(v2.entries));
    expect(again.every((entry) => entry.correctionOf === undefined)).toBe(true);
  });

  it("goes version by version, and only version 1 is posted whole", () => {
    expect(entriesToPost(undefined, v1)).toBe(v1.entries);
    expect(() => entriesToPost(undefined, v2)).toThrow(/only version 1 is posted whole/);
    expect(() => adjust(v2, v1)).toThrow(/version 1 does not follow pecan-flat 2024-08-20 version 2/);
  });
});

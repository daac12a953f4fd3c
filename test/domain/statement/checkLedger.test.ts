import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { entriesToPost } from "../../../src/domain/settlement/adjust.ts";
import type { DaySettlement, JournalEntry, SettledDay } from "../../../src/domain/settlement/model.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { StatementAdjustment } from "../../../src/domain/statement/adjustmentLines.ts";
import { chargedKeys, checkLedger, type PostedSum } from "../../../src/domain/statement/checkLedger.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../../src/domain/statement/invoiceEntries.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { CLIENTS, type DayOptions, syntheticDay } from "../../golden/statements/syntheticDay.ts";

const day = (options: DayOptions = {}): DaySettlement & { result: SettledDay } => {
  const input = syntheticDay(options);
  return { input, result: settle(input) };
};

/** Postings of a journal as they are charged, entry by entry. */
function postedOf(
  journal: readonly JournalEntry[],
  clientId: string,
  keys: ReturnType<typeof chargedKeys>,
): PostedSum[] {
  return journal
    .filter(
      (entry) =>
        entry.clientId === clientId &&
        keys.some(
          (k) =>
            k.operatingDay === entry.operatingDay &&
            entry.settlementVersion > k.above &&
            entry.settlementVersion <= k.upTo,
        ),
    )
    .flatMap(({ reason, postings }) =>
      postings.map(({ account, amountE8 }) => ({ account, reason, amountE8: BigInt(amountE8) })),
    );
}

const first = day();
// 0.001 $ on 2 · 6.675 MWh stays below a cent for every client
const second = day({ version: 2, corrected: { "2024-08-20/20/4": "2370" } });
const third = day({ version: 3, corrected: { "2024-08-20/20/4": "2370", "2024-08-20/1/1": "1984" } });
const later = [day({ operatingDay: "2024-08-21" }), day({ operatingDay: "2024-08-22" })] as const;
const journal = [
  ...entriesToPost(undefined, first.result),
  ...entriesToPost(first.result, second.result),
  ...entriesToPost(second.result, third.result),
  ...later.flatMap(({ result }) => entriesToPost(undefined, result)),
];

/** Statements of a client: the day, the next with its correction, the one after with a correction below a cent. */
function statementsOf(clientId: string) {
  const stated = (statementId: string, days: readonly DaySettlement[], adjustments: readonly StatementAdjustment[]) => {
    const operatingDay = days[0]!.result.operatingDay;
    const statement = compose({
      statementId,
      siteId: "pecan-flat",
      clientId,
      issuedAt: parseInstant("2024-09-05T14:00:00Z"),
      period: { from: operatingDay, to: operatingDay },
      settledDays: days,
      adjustments,
    });
    return { statement, entries: invoiceEntries(statement), keys: chargedKeys(statement, adjustments) };
  };
  const original = { originalStatementId: "S1", originalPeriod: { from: "2024-08-20", to: "2024-08-20" } };
  return [
    stated("S1", [first], []),
    stated("S2", [later[0]], [{ ...original, previous: [first], next: [second] }]),
    stated("S3", [later[1]], [{ ...original, previous: [second], next: [third] }]),
  ];
}

describe("a statement and the journal", () => {
  it.each(CLIENTS.map(({ clientId }) => clientId))(
    "come to the same for %s, line by line and in total, corrections below a cent included",
    (clientId) => {
      const statements = statementsOf(clientId);
      for (const { statement, entries, keys } of statements)
        expect(
          checkLedger(statement, postedOf(journal, clientId, keys), entries).filter(({ holds }) => !holds),
        ).toEqual([]);
      const receivable = [...journal, ...statements.flatMap(({ entries }) => entries)]
        .flatMap(({ postings }) => postings)
        .filter(({ account }) => account === `Assets:Receivable:Client:${clientId}`)
        .reduce((sum, { amountE8 }) => sum + BigInt(amountE8), 0n);
      expect(receivable).toBe(
        statements.reduce((sum, { statement }) => sum + BigInt(statement.totalCents), 0n) * 1_000_000n,
      );
      for (const { postings } of statements.flatMap(({ entries }) => entries))
        expect(postings.reduce((sum, { amountE8 }) => sum + BigInt(amountE8), 0n)).toBe(0n);
    },
  );

  it("has no line for a correction of 0.01 $/MWh on 274.525 kWh, 0.27 cents, and the journal's sum holds it", () => {
    const [, , { statement } = { statement: undefined }] = statementsOf("cedar");
    expect(statement!.lines.filter(({ adjustmentOf }) => adjustmentOf !== undefined)).toEqual([]);
    const line = statement!.lines.find(({ code }) => code === "index")!;
    expect(line.exactUsd).toBe("2542.47804226");
    expect(statement!.journal).toContainEqual({
      code: "index",
      amountE8: String(254_247_804_226 - 274_525),
      rounded: 3,
    });
  });

  it("differ, and the identity says where, when any one entry is missing, doubled or of another amount", () => {
    const { statement, entries, keys } = statementsOf("alder")[0]!;
    const own = journal.filter(
      (entry) => entry.clientId === "alder" && entry.operatingDay === "2024-08-20" && entry.settlementVersion === 1,
    );
    const broken = (posted: readonly JournalEntry[], issued: readonly JournalEntry[]) =>
      checkLedger(statement, postedOf(posted, "alder", keys), issued).some(({ holds }) => !holds);
    fc.assert(
      fc.property(fc.nat(own.length - 1), fc.constantFrom("missing", "doubled", "altered"), (n, how) => {
        const entry = own[n]!;
        const altered = {
          ...entry,
          postings: entry.postings.map((p) => ({ ...p, amountE8: (BigInt(p.amountE8) * 2n).toString() })),
        };
        const others = own.filter((one) => one !== entry);
        return broken(
          [...others, ...(how === "missing" ? [] : how === "doubled" ? [entry, entry] : [altered])],
          entries,
        );
      }),
    );
    for (const entry of entries)
      expect(
        broken(
          own,
          entries.filter((one) => one !== entry),
        ),
      ).toBe(true);
    expect(broken(own, entries)).toBe(false);
  });
});

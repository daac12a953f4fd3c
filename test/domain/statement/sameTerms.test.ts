import { describe, expect, it } from "vitest";
import { settle } from "../../../src/domain/settlement/settle.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import type { Statement } from "../../../src/domain/statement/model.ts";
import type { Instant } from "../../../src/domain/units/instant.ts";
import { CONTRACTS, type DayOptions, SUPPLY, syntheticDay } from "../../golden/statements/syntheticDay.ts";

/** The statement of two days, the second settled under another file. */
function stated(clientId: string, second: DayOptions): Statement {
  const days = [{ operatingDay: "2024-08-20" }, { ...second, operatingDay: "2024-08-21" }].map((options) => {
    const input = syntheticDay(options);
    return { input, result: settle(input) };
  });
  return compose({
    statementId: "two-days",
    siteId: "pecan-flat",
    clientId,
    period: { from: "2024-08-20", to: "2024-08-21" },
    issuedAt: "2024-09-07T15:00:00.000Z" as Instant,
    settledDays: days,
  });
}

const summary = ({ lines, totalCents }: Statement): string[] => [
  ...lines.map(({ description, amountCents }) => `${description} ${amountCents}`),
  `total ${totalCents}`,
];
const edited = (change: object) => CONTRACTS.map((contract) => ({ ...contract, ...change }));
const [BLOCK] = SUPPLY.blocks;
if (BLOCK === undefined) throw new Error("no block");

describe("an edit of the file between two days that is no term changes no line and no cent", () => {
  it.each([
    ["a client that gives notice", "alder", { contracts: edited({ effectiveTo: "2024-09-01" }) }],
    ["a client that changes its name", "alder", { contracts: edited({ clientName: "Elm Hash LLC" }) }],
    ["another time to dispute", "cedar", { contracts: edited({ disputeDays: 60 }) }],
    [
      "next year's block",
      "cedar",
      { supply: { ...SUPPLY, blocks: [BLOCK, { ...BLOCK, blockId: "B-2025", effectiveFrom: "2025-01-01" }] } },
    ],
    ["a block that is to end", "cedar", { supply: { ...SUPPLY, blocks: [{ ...BLOCK, effectiveTo: "2024-12-01" }] } }],
  ])("%s", (_what, clientId, second) => {
    expect(summary(stated(clientId, second))).toEqual(summary(stated(clientId, {})));
  });
});

it("a block at another price from the second day on has lines of its own", () => {
  const supply = { ...SUPPLY, blocks: [{ ...BLOCK, priceUsdPerMwh: "29.50" }] };
  expect(stated("cedar", { supply }).lines.filter(({ code }) => code === "block")).toHaveLength(2);
  expect(stated("cedar", {}).lines.filter(({ code }) => code === "block")).toHaveLength(1);
});

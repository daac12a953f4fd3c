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

describe("a statement of schema 1, in which an edit that is no term had lines of its own", () => {
  const settled = (options: DayOptions) => {
    const input = syntheticDay(options);
    return { input, result: settle(input) };
  };
  const notice = { contracts: edited({ disputeDays: 31 }) };
  const days = [
    ...["2024-08-17", "2024-08-18", "2024-08-19"].map((operatingDay) => settled({ operatingDay })),
    ...["2024-08-20", "2024-08-21"].map((operatingDay) => settled({ operatingDay, ...notice })),
  ];
  const alder = { siteId: "pecan-flat", clientId: "alder", issuedAt: "2024-09-07T15:00:00.000Z" as Instant };
  const period = { from: "2024-08-17", to: "2024-08-21" };

  it("is made again to the cent that was issued, 147,319.18 $; drawn as today it would be a cent more", () => {
    const again = (linesOf?: Statement["schema"]) =>
      compose({
        ...alder,
        statementId: "S1",
        period,
        settledDays: days,
        ...(linesOf === undefined ? {} : { linesOf }),
      });
    expect(summary(again("ballast.statement/1"))).toEqual([
      "Fixed fee, 2024-08 502016",
      "Fixed fee, 2024-08 334677",
      "Energy, all-in rate 19243563",
      "Curtailment credit, economic -5985336",
      "Curtailment credit, instruction -4921092",
      "Energy, all-in rate 12829042",
      "Curtailment credit, economic -3990224",
      "Curtailment credit, instruction -3280728",
      "total 14731918",
    ]);
    expect(again().totalCents).toBe("14731919");
  });

  it("is corrected line by line: charged up to now is what its line says, 32,807.28 $ credited", () => {
    const corrected = { version: 2, corrected: { "2024-08-20/20/4": "2370" } };
    const next = days.map((day) =>
      day.input.operatingDay === "2024-08-20" ? settled({ ...notice, ...corrected }) : day,
    );
    const original = { originalStatementId: "S1", originalPeriod: period, previous: days, next };
    const { lines } = compose({
      ...alder,
      statementId: "S2",
      period: { from: "2024-08-22", to: "2024-08-22" },
      settledDays: [settled({ operatingDay: "2024-08-22", ...notice })],
      adjustments: [{ ...original, originalSchema: "ballast.statement/1" }],
    });
    expect(
      lines.filter(({ adjustmentOf }) => adjustmentOf === "S1").map(({ terms, buildUp }) => [terms, buildUp[0]]),
    ).toEqual([["v1/2", "charged up to now -32,807.28 $, now -19,207.87 $, difference 13,599.41 $"]]);
  });
});

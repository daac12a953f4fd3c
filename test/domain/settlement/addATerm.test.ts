import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CREDIT_FRAGMENTS, ENERGY_FRAGMENTS } from "../../../src/config/schema/terms.ts";
import type * as SiteFile from "../../../src/app/worker/siteFile.ts";
import type * as Accounts from "../../../src/domain/settlement/accounts.ts";
import { settle } from "../../../src/domain/settlement/settle.ts";
import type { SettlementDayInput } from "../../../src/domain/settlement/model.ts";
import { CHARGES, CREDIT_TERMS, ENERGY_TERMS, MONTHLY_TERMS } from "../../../src/domain/settlement/terms/index.ts";
import type * as Ledger from "../../../src/domain/statement/checkLedger.ts";
import { compose } from "../../../src/domain/statement/compose.ts";
import type * as Invoice from "../../../src/domain/statement/invoiceEntries.ts";
import { papersOf } from "../../../src/domain/statement/papers.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import { projectRoot } from "../../../src/local/places.mjs";
import { type PlantedPage, plantedPage } from "../../support/plantedPage.ts";
import { keptDay } from "../../golden/statements/keptDay.ts";

const PAGE = "docs/add-a-term.md";
const textOf = (path: string): string => readFileSync(join(projectRoot, path), "utf8");
const kinds = [...ENERGY_TERMS, ...CREDIT_TERMS].map(({ kind }) => kind);

describe("contract terms", () => {
  it("each have their keys in a site's file, and no keys are without a term", () => {
    expect(ENERGY_FRAGMENTS.map(({ shape }) => shape.kind.value)).toEqual(ENERGY_TERMS.map(({ kind }) => kind));
    expect(CREDIT_FRAGMENTS.map(({ shape }) => shape.kind.value)).toEqual(CREDIT_TERMS.map(({ kind }) => kind));
  });

  it.each(kinds)(
    "%s stands in the documents, in the example's contracts and in the statements kept as they were",
    (kind) => {
      expect(textOf(PAGE)).toContain(`| \`${kind}\` |`);
      expect(textOf("config/example-site.yaml")).toMatch(new RegExp(`kind: ${kind}$`, "m"));
      expect(textOf("test/golden/statements/day.json")).toContain(`"kind": "${kind}"`);
    },
  );

  it("each charge has an account of its own, and both are documented and recomputed from the papers alone", () => {
    const charges = [...CHARGES, ...MONTHLY_TERMS];
    expect(new Set(charges.map(({ code }) => code)).size).toBe(charges.length);
    expect(new Set(charges.map(({ account }) => account)).size).toBe(charges.length);
    const recompute = ["interval_rows", "statement_lines", "recompute"].map((name) => textOf(`test/papers/${name}.py`));
    for (const { code, account } of charges) {
      expect(textOf(PAGE)).toContain(`\`${code}\``);
      expect(textOf(PAGE)).toContain(`\`${account}\``);
      expect(recompute.join("\n")).toContain(`"${code}"`);
    }
  });
});

interface Program {
  readonly settle: typeof settle;
  readonly compose: typeof compose;
  readonly papersOf: typeof papersOf;
}

/** A client's statement of the kept day with its papers, by a program. */
function stated(by: Program, day: SettlementDayInput, clientId: string) {
  const result = by.settle(day);
  const settledDays = [{ input: day, result }];
  const statement = by.compose({
    statementId: `${clientId}-${day.operatingDay}`,
    siteId: day.siteId,
    clientId,
    period: { from: day.operatingDay, to: day.operatingDay },
    issuedAt: parseInstant("2024-08-22T14:00:00Z"),
    settledDays,
  });
  return { result, statement, papers: by.papersOf(statement, settledDays) };
}

describe(PAGE, () => {
  let page: PlantedPage;
  let planted: Program;
  beforeAll(async () => {
    page = plantedPage(PAGE);
    const [{ settle: settlePlanted }, { compose: composePlanted }, { papersOf: papersPlanted }] = await Promise.all([
      page.load("src/domain/settlement/settle.ts"),
      page.load("src/domain/statement/compose.ts"),
      page.load("src/domain/statement/papers.ts"),
    ]);
    planted = { settle: settlePlanted, compose: composePlanted, papersOf: papersPlanted };
  });
  afterAll(() => page?.remove());

  /** The kept day with alder's energy at the settlement price, at most 90 $/MWh. */
  const cappedDay = (): SettlementDayInput => {
    const day = keptDay();
    const energy = { kind: "capped-index", capUsdPerMwh: "90.00", clause: "§4.9" } as never;
    return { ...day, contracts: day.contracts.map((one) => (one.clientId === "alder" ? { ...one, energy } : one)) };
  };

  it("adds a term with one file, its keys and one line", () => {
    expect(page.steps).toEqual([
      "src/domain/settlement/terms/cappedIndex.ts",
      "src/config/schema/terms.ts +5",
      "src/domain/settlement/terms/index.ts +1",
    ]);
  });

  it("the day settles under it to the cent of a calculation by hand, and every identity holds", () => {
    const day = cappedDay();
    const { result, statement } = stated(planted, day, "alder");
    const e8 = day.intervals.reduce((sum, { price, feeders }) => {
      const cents = BigInt(price!.centsPerMwh);
      const wh = BigInt(feeders.find(({ clientId }) => clientId === "alder")!.energyWh!);
      return sum + (cents < 9_000n ? cents : 9_000n) * wh;
    }, 0n);
    expect(result.checks.filter(({ holds }) => !holds)).toEqual([]);
    const line = statement.lines.find(({ code }) => code === "capped-index")!;
    expect(line).toMatchObject({ description: "Energy at the settlement price, capped", unit: "MWh" });
    expect(Math.abs(Number(line.amountCents) - Number(e8) / 1e6)).toBeLessThanOrEqual(0.5);
    expect(Number(e8)).toBeGreaterThan(1e8);
    expect(statement.contractTerms?.[1]).toBe(
      "Energy: metered energy at the settlement price, at most 90.00 $/MWh (clause §4.9)",
    );
  });

  it("its papers show what it follows from, and the journal carries it on its account", async () => {
    const { result, statement, papers } = stated(planted, cappedDay(), "alder");
    const [header, first] = papers.intervalsCsv.split("\n").map((line) => line.split(","));
    expect(first?.[header!.indexOf("cap_usd_per_mwh")]).toBe("90.00");
    expect(header).toContain("charge_capped-index_usd");
    expect(papers.guide).toContain("Charge capped-index = the smaller of settlement_price_usd_per_mwh and");
    expect(papers.text).toContain("whichever is less");
    const { checkLedger } = (await page.load("src/domain/statement/checkLedger.ts")) as typeof Ledger;
    const { invoiceEntries } = (await page.load("src/domain/statement/invoiceEntries.ts")) as typeof Invoice;
    const { chargeOfIncome } = (await page.load("src/domain/settlement/accounts.ts")) as typeof Accounts;
    const posted = result.entries
      .filter(({ clientId }) => clientId === "alder")
      .flatMap(({ postings, reason }) =>
        postings.map(({ account, amountE8 }) => ({ account, reason, amountE8: BigInt(amountE8) })),
      );
    expect(chargeOfIncome("Income:Hosting:CappedIndex")).toBe("capped-index");
    expect(posted.some(({ account }) => account === "Income:Hosting:CappedIndex")).toBe(true);
    const checks = checkLedger(statement, posted, invoiceEntries(statement));
    expect(checks.map(({ name }) => name).join("; ")).toContain("lines capped-index = postings of the journal");
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("what other clients were given stays the same to the byte", () => {
    const before: Program = { settle, compose, papersOf };
    for (const clientId of ["birch", "cedar"])
      expect(stated(planted, cappedDay(), clientId).papers).toEqual(stated(before, keptDay(), clientId).papers);
  });

  it("ballast check takes its keys, and finds a cap in cents per kWh", async () => {
    const { checkSiteFile } = (await page.load("src/app/worker/siteFile.ts")) as typeof SiteFile;
    const { writeFileSync } = await import("node:fs");
    const file = join(page.root, "config", "capped.yaml");
    const example = textOf("config/example-site.yaml");
    const withCap = (cap: string): string =>
      example.replace(
        /kind: fixed-rate\n\s+rateUsdPerKwh: "[\d.]+"/,
        `kind: capped-index\n          capUsdPerMwh: "${cap}"`,
      );
    writeFileSync(file, withCap("90.00"));
    expect(checkSiteFile(file).problems).toEqual([]);
    writeFileSync(file, withCap("0.09"));
    expect(checkSiteFile(file).problems).toMatchObject([
      { message: "is 0.09", expected: "$/MWh, from 1; this looks like $/kWh: times 1000" },
    ]);
  });
});

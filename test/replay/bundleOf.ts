import { intervalEnd, intervalKey, intervalsOfDay, intervalStart } from "../../src/domain/market/calendar.ts";
import type { MeterLedgerRow, RegisterLedgerRow } from "../../src/domain/evidence/ledgers.ts";
import { dayInput } from "../../src/domain/settlement/dayInput.ts";
import type { Contract, Supply } from "../../src/domain/settlement/model.ts";
import { entriesToPost } from "../../src/domain/settlement/adjust.ts";
import { settle } from "../../src/domain/settlement/settle.ts";
import { compose } from "../../src/domain/statement/compose.ts";
import { invoiceEntries } from "../../src/domain/statement/invoiceEntries.ts";
import { papersOf } from "../../src/domain/statement/papers.ts";
import { addSeconds, type Instant } from "../../src/domain/units/instant.ts";
import type { BundleContent } from "../../src/replay/writeBundle.ts";
import { at, DAY, parsers, type RecordedSite } from "./recordSite.ts";

const contract = (clientId: string, terms: Pick<Contract, "energy" | "credit">): Contract => ({
  contractId: `c-${clientId}`,
  version: 1,
  clientId,
  clientName: clientId,
  effectiveFrom: "2024-01-01",
  contractedKw: 30,
  rounding: "half-even",
  disputeDays: 30,
  ...terms,
});
const CONTRACTS: readonly Contract[] = [
  contract("acme", {
    energy: { kind: "fixed-rate", rateUsdPerKwh: "0.072", clause: "4.1" },
    credit: { kind: "net-of-strike", strikeUsdPerMwh: "75.00", clientShare: "0.6", clause: "7.2" },
  }),
  contract("borealis", {
    energy: { kind: "pass-through", spreadUsdPerKwh: "0.004", blockKw: 20, clause: "3.2" },
    credit: { kind: "gross-share", clientShare: "0.5", sharesNegative: false, clause: "6.1" },
  }),
];
const SUPPLY: Supply = {
  blocks: [{ blockId: "b-1", quantityKw: 60, priceUsdPerMwh: "41.50", resale: true, effectiveFrom: "2024-01-01" }],
  adders: [{ code: "tdsp", usdPerMwh: "3.20", source: "test" }],
};
const METERS: readonly MeterLedgerRow[] = [
  { meterId: "site", rolloverWh: "1000000000" },
  { meterId: "feeder-acme", clientId: "acme", rolloverWh: "1000000000" },
  { meterId: "feeder-borealis", clientId: "borealis", rolloverWh: "1000000000" },
];

/** The recorded evening with its registers, settled and stated: everything that goes into a bundle. */
export function bundleOf(site: RecordedSite): BundleContent {
  const registers = registersOf(site);
  const rows = parsers["test/rows"]!(
    {
      source: "test/rows",
      documentId: "prices",
      contentType: "",
      fetchedAt: at("00:30:00", "2024-08-21"),
      bytes: site.documents.find(({ sha256 }) => sha256 === site.priceDocument)!.bytes,
    },
    site.priceDocument,
  );
  const prices = new Map(
    rows.flatMap((row) =>
      row.kind === "settlement-price"
        ? [
            [
              intervalKey(row.interval),
              { priceUsdPerMwh: row.priceUsdPerMwh, version: 1, contentHash: site.priceDocument },
            ] as const,
          ]
        : [],
    ),
  );
  const byMeter = Map.groupBy(registers, ({ meterId }) => meterId);
  const input = dayInput({
    siteId: site.siteId,
    operatingDay: DAY,
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    version: 1,
    kind: "shadow",
    contracts: CONTRACTS,
    supply: SUPPLY,
    prices,
    timeline: site.timeline,
    meters: METERS.map(({ meterId, clientId, rolloverWh }) => ({ meterId, clientId, rolloverWh: BigInt(rolloverWh) })),
    registers: new Map(
      [...byMeter].map(([meterId, of]) => [
        meterId,
        new Map(of.map((row) => [row.boundaryAt, BigInt(row.registerWh!)])),
      ]),
    ),
  });
  const result = settle(input);
  const statements = CONTRACTS.map(({ clientId }) => {
    const statement = compose({
      statementId: `${clientId}/${DAY}`,
      siteId: site.siteId,
      clientId,
      period: { from: DAY, to: DAY },
      issuedAt: at("08:00:00", "2024-08-21"),
      settledDays: [{ input, result }],
    });
    return {
      statement,
      ...papersOf(statement, [{ input, result }]),
    };
  });
  const { siteId, commands, operators, timeline, documents, runs } = site;
  return {
    siteId,
    createdAt: "2024-08-22T06:00:00.000Z" as Instant,
    buildId: "test",
    runs,
    commands,
    operators,
    timeline,
    documents,
    registers,
    meters: METERS,
    settlements: [{ input, result }],
    journal: [...entriesToPost(undefined, result), ...statements.flatMap(({ statement }) => invoiceEntries(statement))],
    statements,
  };
}

/** Registers that follow the commanded modes to the second, with 2 kW of house load that no feeder sees. */
function registersOf(site: RecordedSite): RegisterLedgerRow[] {
  const rows: RegisterLedgerRow[] = [];
  const totals = new Map(METERS.map(({ meterId }) => [meterId, 1_000_000]));
  const read = (boundaryAt: Instant): void => {
    for (const [meterId, wh] of totals)
      rows.push({ meterId, boundaryAt, readAt: boundaryAt, registerWh: String(wh), quality: "metered" });
  };
  const intervals = intervalsOfDay(DAY);
  read(intervalStart(intervals[0]!));
  for (const interval of intervals) {
    let siteWh = 500;
    for (const { cohortId, clientId } of site.plan.cohorts) {
      const wh = whOf(site, cohortId, intervalStart(interval));
      siteWh += wh;
      totals.set(`feeder-${clientId}`, totals.get(`feeder-${clientId}`)! + wh);
    }
    totals.set("site", totals.get("site")! + siteWh);
    read(intervalEnd(interval));
  }
  return rows;
}

function whOf(site: RecordedSite, cohortId: string, start: Instant): number {
  let wattSeconds = 0;
  for (let second = 0; second < 900; second += 10) {
    const row = site.timeline.findLast(
      (change) => change.cohortId === cohortId && change.at <= addSeconds(start, second),
    );
    wattSeconds +=
      (row === undefined
        ? 30_000
        : row.normalPowerW * 10 - row.curtailed.reduce((w, part) => w + part.belowNormalW, 0)) * 10;
  }
  return Math.round(wattSeconds / 3600);
}

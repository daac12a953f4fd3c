import { intervalKey } from "../market/calendar.ts";
import { energyWh, parseCentsPerMwh, parseEnergyWh, postable } from "../units/money.ts";
import type { CentsPerMwh, ExactE8 } from "../units/money.ts";
import { rationalText } from "../units/rational.ts";
import { clientInputs, missingValue } from "./clientInputs.ts";
import type { ClientInput } from "./clientInputs.ts";
import { creditShare } from "./creditShare.ts";
import { creditEntry, energyChargeEntry, supplyEntry } from "./entries.ts";
import type { ClientInterval, IntervalInput, JournalEntry, MissingValue, SettlementDayInput } from "./model.ts";
import { supplyBlocks } from "./supplyBlocks.ts";
import type { BlockSupply } from "./supplyBlocks.ts";
import { supplyCost } from "./supplyCost.ts";
import { accrueEnergy } from "./terms/index.ts";
import { pointText } from "../market/settlementPoint.ts";

export interface SettledInterval {
  readonly clientIntervals: readonly ClientInterval[];
  /** Undefined when the interval could not be settled. */
  readonly gapWh?: bigint;
  readonly entries: readonly JournalEntry[];
  /** What was missing, one each. Then there is nothing else: an interval is settled whole or not at all. */
  readonly missing: readonly MissingValue[];
}

/**
 * Settles one interval for the site and every client. Missing price, register, baseline or contract: nothing is posted.
 * @throws SettlementError, UnitError
 */
export function settleInterval(day: SettlementDayInput, interval: IntervalInput): SettledInterval {
  const missing: MissingValue[] = [];
  if (interval.price === undefined)
    missing.push(missingValue(`settlement price of ${pointText(day)}`, interval.priceMissing));
  if (interval.siteEnergyWh === undefined)
    missing.push(missingValue("register of the site meter", interval.siteEnergyMissing));
  const clients = clientInputs(day, interval, missing);
  if (interval.price === undefined || interval.siteEnergyWh === undefined || missing.length > 0)
    return { clientIntervals: [], entries: [], missing };

  const price = parseCentsPerMwh(interval.price.centsPerMwh);
  const siteWh = parseEnergyWh(interval.siteEnergyWh);
  const blocks = supplyBlocks(day.supply, interval.interval.operatingDay);
  const curtailedWh = energyWh(clients.reduce((wh, client) => wh + client.curtailed.totalWh, 0n));
  const sourceRefs = [
    `price:${day.settlementPoint}/${day.settlementPointType}/${intervalKey(interval.interval)}` +
      `@v${interval.price.version}#${interval.price.contentHash}`,
  ];
  const settled = clients.map((client) => settleClient({ day, interval, sourceRefs, price, blocks }, client));
  const supply = supplyEntry({ day, interval, sourceRefs }, supplyCost(day.supply, blocks, price, siteWh, curtailedWh));
  return {
    clientIntervals: settled.map((s) => s.clientInterval),
    gapWh: clients.reduce((wh, client) => wh - client.energyWh, siteWh as bigint),
    entries: [...(supply === undefined ? [] : [supply]), ...settled.flatMap((s) => s.entries)],
    missing: [],
  };
}

interface IntervalTerms {
  readonly day: SettlementDayInput;
  readonly interval: IntervalInput;
  readonly sourceRefs: readonly string[];
  readonly price: CentsPerMwh;
  readonly blocks: BlockSupply;
}

function settleClient(
  terms: IntervalTerms,
  client: ClientInput,
): { readonly clientInterval: ClientInterval; readonly entries: readonly JournalEntry[] } {
  const { day, interval, price } = terms;
  const { contract, curtailed } = client;
  const context = { day, interval, contract, sourceRefs: terms.sourceRefs };
  const exact: Record<string, string> = {};
  const whole = (key: string, amount: ExactE8): bigint => {
    if (amount.den !== 1n) exact[key] = rationalText(amount);
    return postable(amount);
  };

  const exactCharges = accrueEnergy(contract.energy, {
    contract: `contract ${contract.contractId} version ${contract.version}`,
    supply: day.supply,
    blocks: terms.blocks,
    price,
    energyWh: client.energyWh,
    curtailedWh: curtailed.totalWh,
  });
  const charges = Object.entries(exactCharges).map(([code, amount]) => [code, whole(code, amount)] as const);
  const credits = [...curtailed.byReason].map(([reason, wh]) => ({
    reason,
    wh,
    credit: creditShare(contract.credit, price, wh),
  }));
  for (const { reason, credit } of credits) whole(`credit:${reason}`, credit.client);

  const entries = [
    energyChargeEntry(context, charges),
    ...credits.map(({ reason, credit }) => creditEntry(context, reason, credit)),
  ];
  const clientInterval: ClientInterval = {
    clientId: contract.clientId,
    contractId: contract.contractId,
    contractVersion: contract.version,
    startAt: interval.startAt,
    intervalKey: intervalKey(interval.interval),
    energyWh: client.energyWh.toString(),
    baselineWh: client.baselineWh.toString(),
    curtailedWh: curtailed.totalWh.toString(),
    priceCentsPerMwh: price.toString(),
    priceVersion: (interval.price as { version: number }).version,
    charges: Object.fromEntries(charges.map(([code, e8]) => [code, e8.toString()])),
    grossCreditE8: total(credits.map((c) => c.credit.grossE8)),
    clientCreditE8: total(credits.map((c) => c.credit.clientE8)),
    hostCreditE8: total(credits.map((c) => c.credit.hostE8)),
    byReason: Object.fromEntries(
      credits.map(({ reason, wh, credit }) => [
        reason,
        { curtailedWh: wh.toString(), grossE8: credit.grossE8.toString(), clientE8: credit.clientE8.toString() },
      ]),
    ),
    ...(Object.keys(exact).length === 0 ? {} : { exact }),
  };
  return { clientInterval, entries: entries.filter((entry) => entry !== undefined) };
}

function total(amounts: readonly bigint[]): string {
  return amounts.reduce((sum, amount) => sum + amount, 0n).toString();
}

import { intervalEnd, intervalKey, intervalsOfDay, intervalStart } from "../market/calendar.ts";
import { byCodePoint } from "../units/allocate.ts";
import { parseDecimal } from "../units/decimal.ts";
import type { ClientId } from "../units/ids.ts";
import { UnitError } from "../units/instant.ts";
import type { RegisterEnergy } from "../verification/registerEnergy.ts";
import { attributeSpans } from "./curtailedSpans.ts";
import { clientConnections, isConnected } from "./clientConnections.ts";
import { coolingOfDay } from "./coolingOfDay.ts";
import type { DayFacts } from "./dayFacts.ts";
import { keptMeter } from "./dayMeters.ts";
import { meteredEnergy } from "./meteredEnergy.ts";
import type { IntervalInput, SettlementDayInput } from "./model.ts";

/**
 * Everything one operating day is settled from, interval by interval: prices, register differences, curtailed spans,
 * baselines. What is not there stays absent, with the reason where the meters tell one: a missing price or register is
 * never 0. A price that is no whole number of cents is missing too.
 * @throws UnitError for a register that is no whole number.
 */
export function dayInput(facts: DayFacts): SettlementDayInput {
  const intervals = intervalsOfDay(facts.operatingDay).map((interval) => ({
    interval,
    startAt: intervalStart(interval),
  }));
  const spans = new Map(attributeSpans(facts.timeline, intervals).map((one) => [one.intervalKey, one]));
  const connections = clientConnections(facts);
  const cooling = coolingOfDay(facts.timeline, facts.operatingDay);
  const siteMeter = facts.meters.find((meter) => meter.clientId === undefined);
  const inputs = intervals.map(({ interval, startAt }): IntervalInput => {
    const key = intervalKey(interval);
    const endAt = intervalEnd(interval);
    const away = [...connections].filter(([, client]) => !isConnected(client, startAt)).map(([clientId]) => clientId);
    const isThere = ({ clientId }: { readonly clientId: ClientId }): boolean => !away.includes(clientId);
    const site = siteMeter && meteredEnergy(facts, siteMeter, startAt, endAt);
    return {
      interval,
      startAt,
      ...settlementPrice(facts.prices.get(key)),
      siteEnergyWh: site?.energyWh?.toString(),
      siteEnergyMissing: site?.reason,
      feeders: facts.meters.flatMap((meter) =>
        meter.clientId === undefined || away.includes(meter.clientId)
          ? []
          : [feeder(meter.clientId, meteredEnergy(facts, meter, startAt, endAt))],
      ),
      baselines: (spans.get(key)?.baselines ?? []).filter(isThere),
      curtailed: (spans.get(key)?.curtailed ?? []).filter(isThere),
      ...(away.length === 0 ? {} : { notConnected: away.sort(byCodePoint) }),
    };
  });
  const { siteId, operatingDay, settlementPoint, settlementPointType, version, kind, contracts, supply } = facts;
  return {
    schema: "ballast.settlement-day/1",
    siteId,
    operatingDay,
    settlementPoint,
    settlementPointType,
    version,
    kind,
    contracts,
    supply,
    meters: facts.meters.map(keptMeter),
    ...(cooling.length === 0 ? {} : { cooling }),
    intervals: inputs,
    ...(facts.foundFrozenLater?.length ? { foundFrozenLater: facts.foundFrozenLater } : {}),
  };
}

function settlementPrice(price: ReturnType<DayFacts["prices"]["get"]>): Pick<IntervalInput, "price" | "priceMissing"> {
  if (price === undefined) return {};
  const { priceUsdPerMwh, version, contentHash } = price;
  try {
    return { price: { centsPerMwh: parseDecimal(priceUsdPerMwh, 2).toString(), version, contentHash } };
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
    return { priceMissing: `"${priceUsdPerMwh}" (version ${version}) is no whole number of cents per MWh` };
  }
}

function feeder(clientId: ClientId, { energyWh, reason }: RegisterEnergy): IntervalInput["feeders"][number] {
  return { clientId, energyWh: energyWh?.toString(), energyMissing: reason };
}

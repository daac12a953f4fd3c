import { intervalKey, intervalStart, intervalsOfDay } from "../../../src/domain/market/calendar.ts";
import type { SettlementInterval } from "../../../src/domain/market/model.ts";
import type {
  Contract,
  CurtailedSpan,
  IntervalInput,
  SettlementDayInput,
  Supply,
} from "../../../src/domain/settlement/model.ts";

/**
 * Three hosting clients at an invented site: 41.3, 27.6 and 9.1 MW of miners, which fall to 1.2, 0.9 and 0.4 MW when
 * curtailed.
 */
export const CLIENTS = [
  { clientId: "alder", normalW: 41_300_000, curtailedW: 1_200_000 },
  { clientId: "birch", normalW: 27_600_000, curtailedW: 900_000 },
  { clientId: "cedar", normalW: 9_100_000, curtailedW: 400_000 },
] as const;

export const CONTRACTS: readonly Contract[] = [
  {
    contractId: "HA-1",
    version: 1,
    clientId: "alder",
    clientName: "Alder Hash LLC",
    effectiveFrom: "2024-01-01",
    contractedKw: 41_500,
    rounding: "half-even",
    disputeDays: 30,
    fixedFeeUsdPerKwMonth: "1.25",
    energy: { kind: "fixed-rate", rateUsdPerKwh: "0.072", clause: "4.1" },
    credit: { kind: "net-of-strike", strikeUsdPerMwh: "92.86", clientShare: "0.50", clause: "6.2" },
  },
  {
    contractId: "HB-7",
    version: 2,
    clientId: "birch",
    clientName: 'Birch & Sons, "Mining"',
    effectiveFrom: "2024-06-01",
    contractedKw: 28_000,
    rounding: "half-even",
    disputeDays: 45,
    energy: { kind: "fixed-rate", rateUsdPerKwh: "0.0685", clause: "3" },
    credit: { kind: "gross-share", clientShare: "0.70", sharesNegative: false, clause: "5(b)" },
  },
  {
    contractId: "HC-3",
    version: 1,
    clientId: "cedar",
    clientName: "Cedar Compute Inc",
    effectiveFrom: "2023-11-01",
    contractedKw: 10_000,
    rounding: "half-up",
    disputeDays: 30,
    energy: { kind: "pass-through", spreadUsdPerKwh: "0.009", blockKw: 8_000, clause: "2.3" },
    credit: { kind: "supply-resale", clause: "2.5" },
  },
];

export const SUPPLY: Supply = {
  blocks: [
    {
      blockId: "B-2020",
      quantityKw: 60_000,
      priceUsdPerMwh: "28.50",
      resale: true,
      effectiveFrom: "2020-05-01",
      effectiveTo: "2030-05-01",
    },
  ],
  adders: [
    { code: "ERCOT-ADMIN", usdPerMwh: "0.63", source: "ERCOT system administration fee 2024" },
    { code: "REP", usdPerMwh: "2.15", source: "supply agreement, schedule B" },
  ],
};

export interface DayOptions {
  readonly operatingDay?: string;
  readonly version?: number;
  readonly contracts?: readonly Contract[];
  readonly supply?: Supply;
  /** Settlement prices that replace the day's, cents/MWh by interval key; with them the price version is 2. */
  readonly corrected?: Readonly<Record<string, string>>;
}

/**
 * A summer day: cheap night, a negative quarter hour at 03:30, scarcity from 19:00 to 21:30 with everything off, an
 * instruction from 19:40 to 20:10.
 */
export function syntheticDay(options: DayOptions = {}): SettlementDayInput {
  const operatingDay = options.operatingDay ?? "2024-08-20";
  const version = options.version ?? 1;
  return {
    schema: "ballast.settlement-day/1",
    siteId: "pecan-flat",
    operatingDay,
    settlementPoint: "HB_HOUSTON",
    settlementPointType: "HU",
    version,
    kind: version === 1 ? "shadow" : "resettlement",
    contracts: options.contracts ?? CONTRACTS,
    supply: options.supply ?? SUPPLY,
    intervals: intervalsOfDay(operatingDay).map((interval, i) => intervalInput(interval, i, options.corrected ?? {})),
  };
}

function intervalInput(
  interval: SettlementInterval,
  i: number,
  corrected: Readonly<Record<string, string>>,
): IntervalInput {
  const key = intervalKey(interval);
  const correction = corrected[key];
  const off = secondsOff(interval);
  const feeders = CLIENTS.map((client, c) => ({
    clientId: client.clientId,
    energyWh: String(meteredWh(client, off.economic + off.instruction, noise(i, c))),
  }));
  const total = feeders.reduce((wh, feeder) => wh + Number(feeder.energyWh), 0);
  return {
    interval,
    startAt: intervalStart(interval),
    price:
      correction === undefined
        ? { centsPerMwh: priceCents(interval, i), version: 1, contentHash: "a".repeat(64) }
        : { centsPerMwh: correction, version: 2, contentHash: "b".repeat(64) },
    siteEnergyWh: String(total + 185_000 + noise(i, 9)),
    feeders,
    baselines: CLIENTS.map((client) => ({ clientId: client.clientId, baselineWh: String(client.normalW / 4) })),
    curtailed: CLIENTS.flatMap((client): CurtailedSpan[] =>
      (["economic", "instruction"] as const).flatMap((reason) =>
        off[reason] === 0
          ? []
          : [
              {
                clientId: client.clientId,
                cohortId: `${client.clientId}-s19`,
                reason,
                seconds: off[reason],
                belowNormalW: client.normalW - client.curtailedW,
              },
            ],
      ),
    ),
  };
}

/** Seconds of the interval that everything is off, by reason. */
function secondsOff({ hourEnding, interval }: SettlementInterval): { economic: number; instruction: number } {
  const minute = (hourEnding - 1) * 60 + (interval - 1) * 15;
  const overlap = (from: number, to: number) => Math.max(0, Math.min(minute + 15, to) - Math.max(minute, from)) * 60;
  const off = overlap(19 * 60, 21 * 60 + 30);
  const instruction = overlap(19 * 60 + 40, 20 * 60 + 10);
  return { economic: off - instruction, instruction };
}

function meteredWh(client: { normalW: number; curtailedW: number }, secondsOff: number, noiseWh: number): number {
  return (
    (client.normalW * (900 - secondsOff) + client.curtailedW * secondsOff) / 3600 - (secondsOff === 0 ? noiseWh : 0)
  );
}

/** 0..999 Wh, the same on every run. */
function noise(i: number, channel: number): number {
  return (i * 7_919 + channel * 104_729 + 17) % 1_000;
}

function priceCents({ hourEnding, interval }: SettlementInterval, i: number): string {
  if (hourEnding === 4 && interval === 3) return "-1240";
  if (hourEnding === 21 && interval === 2) return "84237";
  if (hourEnding === 20 && interval === 4) return "266764";
  if (hourEnding >= 20 && hourEnding <= 21) return String(31_050 + i * 137);
  if (hourEnding === 22) return String(14_025 + i * 11);
  return String(1_985 + ((i * 389) % 2_400));
}

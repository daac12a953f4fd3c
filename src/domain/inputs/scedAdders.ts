import { intervalStart, settlementInterval } from "../market/calendar.ts";
import type { Provenance } from "../market/model.ts";
import { addersOf, type AddersText, addersText } from "../market/addersText.ts";
import { ADDER_STANDS_SECONDS, type AdderOfRun, readAdder } from "../market/readAdder.ts";
import { addSeconds, type Instant, secondsBetween } from "../units/instant.ts";
import { sameValue } from "../units/sameValue.ts";
import { deployedMw, instant, optional, usd } from "./checks.ts";
import { type Deployed, deployedOf, deployedText, deploymentWord, inUseOf } from "./deployed.ts";
import { type KnownAdder, withAdder } from "./knownAdders.ts";
import { runsFrom } from "./knownRuns.ts";
import { lastSettled, type Prices } from "./lastSettled.ts";
import { type Heard, type MarketFact, NEWS_SECONDS } from "./marketFact.ts";
import { PROVENANCE, type ToldProvenance } from "./provenance.ts";
import type { Told } from "./told.ts";

/** Adder and deployments of a SCED run, as published. */
export interface ScedAddersObservation extends Provenance, AddersText {
  readonly kind: "sced-adders";
  readonly scedAt: Instant;
}

/** Adder and deployments of a SCED run as a site is told. */
export interface ScedAddersInput extends Told, ToldProvenance, Deployed, AdderOfRun {
  readonly kind: "sced-adders";
}

/** Adders of the newest runs, ascending, and what the newest says is deployed; absent before the first. */
export interface KnownAdders {
  readonly scedAdders?: {
    readonly runs: readonly KnownAdder[];
    readonly deployed: Deployed & { readonly scedAt: Instant };
  };
}

/** What the feed remembers of the newest run that it told. */
interface AddersMemory {
  readonly scedAt: Instant;
  readonly adderUsdPerMwh: number;
  /** What is deployed. */
  readonly inUse: readonly string[];
}

/** Adders are kept from this long before the current interval, as SCED runs are. */
const KEPT_SECONDS_BEFORE_INTERVAL = 1_800;

/**
 * Adder for energy and deployments of a SCED run (ERCOT report NP6-323). An adder that a site counts with already waits
 * for the next price; one that changes what it expects, and a deployment that begins or ends, is told at once.
 */
export const scedAdders: MarketFact<
  ScedAddersObservation,
  ScedAddersInput,
  KnownAdders & Prices,
  KnownAdders,
  KnownAdders,
  AddersMemory
> = {
  kind: "sced-adders",
  scope: "system",
  called: "SCED adders",
  comparedAs: "text",
  isWatched: true,
  rides: true,
  messages: {
    "sced-adders": {
      ...PROVENANCE,
      scedAt: instant,
      adderUsdPerMwh: usd,
      loadResourcesMw: optional(deployedMw),
      ersMw: optional(deployedMw),
      largeLoadMw: optional(deployedMw),
    },
  },
  columns: (observation) => ({ point: "", pointType: "", key: observation.scedAt, value: addersText(observation) }),
  restated: ({ loadResourcesMw: _load, ersMw: _ers, largeLoadMw: _large, ...observation }, value) => ({
    ...observation,
    ...addersOf(value),
  }),
  saidAt: ({ scedAt }) => scedAt,
  hear(observation, version, at, _rules, memory): Heard<ScedAddersInput, AddersMemory> {
    const { kind, scedAt, source, contentHash } = observation;
    if (secondsBetween(scedAt, at) > NEWS_SECONDS) return {};
    const adderUsdPerMwh = Number(observation.adderUsdPerMwh);
    const deployed = deployedOf(observation);
    const inUse = inUseOf(deployed, memory?.inUse);
    const isTurned = !sameValue(inUse, memory?.inUse ?? []);
    const isNewest = memory === undefined || scedAt >= memory.scedAt;
    const isUrgent =
      memory === undefined || !isNewest || version > 1 || memory.adderUsdPerMwh !== adderUsdPerMwh || isTurned;
    const words = isNewest && isTurned ? [deploymentWord(inUse, deployed, scedAt, at)] : [];
    return {
      memory: isNewest ? { scedAt, adderUsdPerMwh, inUse } : memory,
      input: { kind, id: `${kind}/${scedAt}/${version}`, at, scedAt, adderUsdPerMwh, ...deployed, source, contentHash },
      ...(isUrgent ? { isUrgent } : {}),
      words,
    };
  },
  says: (row, told) =>
    row.scedAt === told.scedAt &&
    Number(row.adderUsdPerMwh) === told.adderUsdPerMwh &&
    sameValue(deployedOf(row), deployedOf(told)),
  place: ({ scedAt }) => scedAt,
  text: (value) => `${value.adderUsdPerMwh} $/MWh, deployed: ${deployedText(deployedOf(value))}`,
  none: {},
  absorb(known, input, { site, asOf }) {
    const { scedAt, adderUsdPerMwh, at } = input;
    const start = intervalStart(settlementInterval(asOf));
    const before = known.scedAdders;
    const runs = withAdder(before?.runs ?? [], { scedAt, adderUsdPerMwh, knownAt: at });
    const isNewest = before === undefined || scedAt >= before.deployed.scedAt;
    const next = {
      runs: runsFrom(runs, addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL)),
      deployed: isNewest ? { scedAt, ...deployedOf(input) } : before.deployed,
    };
    return {
      patch: { scedAdders: next },
      relevant:
        !sameValue(inUseOf(before?.deployed), inUseOf(next.deployed)) ||
        countsOtherwise(known, readAdder(start, asOf, before?.runs), readAdder(start, asOf, next.runs), site.economic),
      ...(isNewest ? { isHeard: true } : {}),
    };
  },
  /** With one run before the one in force at the interval's start: two that say the same confirm each other. */
  freeze({ scedAdders: known }, { asOf, intervalStart: start }) {
    if (known === undefined) return {};
    const said = known.runs.filter(({ scedAt }) => scedAt <= asOf);
    const inForce = said.findLastIndex(({ scedAt }) => scedAt <= start);
    return { scedAdders: { ...known, runs: said.slice(Math.max(inForce - 1, 0)) } };
  },
  recovered(records, { intervalStart: start }) {
    const last = records.at(-1)?.scedAdders;
    if (last === undefined) return {};
    const all = records.flatMap(({ scedAdders: one }) => one?.runs ?? []).reduce<readonly KnownAdder[]>(withAdder, []);
    return { scedAdders: { ...last, runs: runsFrom(all, addSeconds(start, -KEPT_SECONDS_BEFORE_INTERVAL)) } };
  },
  /** Where no newer run is told, what was read stands so long; then the adder is inferred. */
  changesAt({ scedAdders: known }, { asOf }) {
    const newest = known?.runs.at(-1);
    if (newest === undefined || known?.runs.every(({ adderUsdPerMwh }) => adderUsdPerMwh === 0)) return undefined;
    const staleAt = addSeconds(newest.scedAt, ADDER_STANDS_SECONDS + 1);
    return staleAt > asOf ? staleAt : undefined;
  },
};

/** Whether a decision would count with another adder: that of before, or none, where nothing was read. */
function countsOtherwise(
  known: Prices,
  before: number | undefined,
  after: number | undefined,
  { adderShare }: { readonly adderShare: number },
): boolean {
  if (before === after) return false;
  const isNone = (adder: number | undefined): boolean => adder === undefined || adder === 0;
  const inferred = adderShare === 0 ? undefined : lastSettled(known)?.adderUsdPerMwh;
  return !(isNone(before) && isNone(after) && isNone(inferred));
}

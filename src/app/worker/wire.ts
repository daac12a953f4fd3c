import { readFileSync } from "node:fs";
import type { Client } from "@temporalio/client";
import type { ActivityDeps } from "../../../activities/index.ts";
import { configured } from "../../../activities/configured.ts";
import { endWait } from "../../../activities/endWait.ts";
import { createActivities, createSiteActivities } from "../../../activities/index.ts";
import { MeterWakes } from "../../../activities/meterWakes.ts";
import { pacedMarketClock } from "../../adapters/clock/paced.ts";
import { realMarketClock } from "../../adapters/clock/real.ts";
import { postgresClockWitness } from "../../adapters/postgres/clockWitness.ts";
import { postgresCommandFreezes } from "../../adapters/postgres/commandFreezes.ts";
import { postgresConfigurationOutcomes } from "../../adapters/postgres/configurationOutcomes.ts";
import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { postgresEvidenceStore } from "../../adapters/postgres/evidenceStore.ts";
import { postgresFleetLedger } from "../../adapters/postgres/fleetLedger.ts";
import { postgresJournal } from "../../adapters/postgres/journal.ts";
import { postgresMarketStore } from "../../adapters/postgres/marketStore.ts";
import { postgresMoneyRefusals } from "../../adapters/postgres/moneyRefusals.ts";
import { postgresRetirements } from "../../adapters/postgres/bookSites.ts";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { postgresOperatorAdmissions } from "../../adapters/postgres/operatorAdmissions.ts";
import { postgresRidingFacts } from "../../adapters/postgres/ridingFacts.ts";
import { postgresInvoluntaryTrips } from "../../adapters/postgres/involuntaryTrips.ts";
import { postgresMeterWatch } from "../../adapters/postgres/meterWatch.ts";
import { postgresRegisterStore } from "../../adapters/postgres/registerStore.ts";
import { postgresSafetyStops } from "../../adapters/postgres/safetyStops.ts";
import { postgresStopInputs } from "../../adapters/postgres/stopInputs.ts";
import { postgresSiteLedger } from "../../adapters/postgres/siteLedger.ts";
import { postgresSurveyStore } from "../../adapters/postgres/surveyStore.ts";
import { temporalHistories } from "../../adapters/temporal/history.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import type { RealClock } from "../../domain/units/marketTime.ts";
import { PortDataError } from "../../ports/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import { signText } from "../../replay/signature.ts";
import type { RunClock } from "../../../workflows/contracts.ts";
import { buildId } from "../buildId.ts";
import { isOutage } from "./outages.ts";
import { operatorKeysIn } from "./operatorList.ts";
import { type Book, inService } from "./book.ts";
import type { Deployment } from "./deployment.ts";
import { feedsOfBook } from "./bookFeeds.ts";
import { nextRun } from "./nextRun.ts";
import { fleetOf } from "./outside.ts";
import { requestBudgets } from "./requestBudgets.ts";
import { resumeSite } from "./resumeSite.ts";
import { siteBookOf } from "./siteBook.ts";
import { stopHoldsOf } from "./stopHolds.ts";
import { stopInputKeys, withStopInputs } from "./stopInputKeys.ts";
import { deliveringHold, temporalSiteGateway, wakeKey } from "./siteGateway.ts";

/** Between two looks at a site meter while nothing is under way. */
const REAL_LOOK_SECONDS = 10;
/** A paced clock stands for each look: as seldom as a fall of the load can still be told from a drift. */
const PACED_LOOK_SECONDS = 120;

/** A run's clock as its processes reach it. */
export type ClockSettings = RealClock | { readonly kind: "paced"; readonly url: string };

/** The market clock of a run. */
export function clockOf(settings: ClockSettings): MarketClock {
  return settings.kind === "real" ? realMarketClock(settings) : pacedMarketClock({ url: settings.url });
}

/** A run's clock as its workflows know it: only the real one can be read without asking its keeper. */
export function runClockOf(settings: ClockSettings): RunClock {
  return settings.kind === "real" ? settings : { kind: "paced" };
}

/** What the adapters of a process that reaches machines and meters are built from. */
export interface SiteWiring extends Pick<Book, "deployments" | "retired"> {
  readonly client: Client;
  readonly taskQueue: string;
  readonly pool: Pool;
  readonly clock: ClockSettings;
  readonly log: Log;
}

/** What the adapters of a book's process are built from. */
export interface Wiring extends SiteWiring {
  /** Ed25519 private key, PEM: gaps in the evidence are signed with it. */
  readonly signingKeyFile: string;
  /** The public keys of those who may order. */
  readonly operatorsFile: string;
  /** The private keys of the sites' stop inputs. */
  readonly stopInputKeysFolder: string;
}

/**
 * The way into the sites of these deployments; `handedAs` a real clock's, an input is handed over and not waited for.
 * @throws Error, when used, for a site that they lack.
 */
export function siteGatewayOf(wiring: SiteWiring, handedAs: RunClock["kind"] = wiring.clock.kind): SiteGateway {
  const { deployments, client, taskQueue, pool, clock, log } = wiring;
  const bySite = new Map(deployments.map((deployment) => [deployment.plan.siteId, deployment]));
  const known = (siteId: string): string => configured<"plan">(bySite, siteId).plan.siteId;
  const ledger = postgresSiteLedger(pool);
  const market = postgresMarketStore(pool);
  const freezes = postgresCommandFreezes(pool);
  const stops = postgresSafetyStops(pool);
  const trips = postgresInvoluntaryTrips(pool);
  const retirements = postgresRetirements(pool);
  const gateway = temporalSiteGateway({
    client,
    taskQueue,
    clock: clockOf(clock),
    clockKind: handedAs,
    log,
    nextRun: (siteId, at) =>
      nextRun(bySite.get(known(siteId)) as Deployment, runClockOf(clock), at, {
        ledger,
        market,
        freezes,
        stops,
        trips,
        retirements,
        client,
        actor: "ballast",
      }),
  });
  return {
    deliver: (siteId, input, riders, signal) =>
      ofOneSite(siteId, () => gateway.deliver(known(siteId), input, riders, signal)),
    settleAgain: (siteId, day, request, signal) =>
      ofOneSite(siteId, () => gateway.settleAgain(known(siteId), day, request, signal)),
    wakeAt: (siteId, at) => ofOneSite(siteId, () => gateway.wakeAt(known(siteId), at)),
  };
}

/** What passes is thrown on; anything else is the trouble of one site. @throws PortDataError naming the site */
async function ofOneSite(siteId: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOutage(error)) throw error;
    throw new PortDataError(`site ${siteId} cannot be reached: ${thrownText(error)}`, { cause: error });
  }
}

/** What the workflows call, over the adapters of a process. */
export function wireActivities(wiring: Wiring): ReturnType<typeof createActivities> {
  return createActivities(activityDepsOf(wiring));
}

/** Builds every adapter that the activities use. The one place that knows concrete classes. */
export function activityDepsOf(options: Wiring): ActivityDeps {
  const { deployments, retired, client, pool } = options;
  return {
    ...siteDeps(options),
    market: postgresMarketStore(pool),
    retirements: postgresRetirements(pool),
    configurations: postgresConfigurationOutcomes(pool),
    journal: postgresJournal(pool),
    refusals: postgresMoneyRefusals(pool),
    evidence: postgresEvidenceStore(pool),
    histories: temporalHistories(client),
    siteLedger: postgresSiteLedger(pool),
    gaps: { buildId: buildId(), sign: (text) => signText(text, readFileSync(options.signingKeyFile, "utf8")) },
    operatorKeys: withStopInputs(
      operatorKeysIn(options.operatorsFile),
      stopInputKeys(options.stopInputKeysFolder, deployments),
    ),
    stopHolds: stopHoldsOf(deployments, postgresStopInputs(pool)),
    admissions: postgresOperatorAdmissions(pool),
    feeds: feedsOfBook({ deployments, retired }, requestBudgets()),
  };
}

/**
 * The same for a process that reaches the machines and meters of sites alone: it signs nothing and admits nobody.
 * `close` ends its connections to meters.
 */
export function wireSiteActivities(options: SiteWiring): {
  readonly activities: ReturnType<typeof createSiteActivities>;
  close(): void;
} {
  const deps = siteDeps(options);
  return { activities: createSiteActivities(deps), close: () => deps.book.close() };
}

function siteDeps(options: SiteWiring) {
  const { deployments, retired, pool, log } = options;
  return {
    clock: clockOf(options.clock),
    witness: postgresClockWitness(pool, runClockOf(options.clock)),
    log,
    riding: postgresRidingFacts(pool),
    decisions: postgresDecisionStore(pool),
    ledger: postgresFleetLedger(pool),
    freezes: postgresCommandFreezes(pool),
    stops: postgresSafetyStops(pool),
    registers: postgresRegisterStore(pool),
    watch: postgresMeterWatch(pool),
    surveys: postgresSurveyStore(pool),
    wakes: new MeterWakes(),
    trips: postgresInvoluntaryTrips(pool),
    quietLookSeconds: options.clock.kind === "real" ? REAL_LOOK_SECONDS : PACED_LOOK_SECONDS,
    sites: siteGatewayOf(options),
    fleet: fleetOf(deployments),
    book: siteBookOf(
      deployments,
      (siteId, meterId, error) => log.warn({ siteId, meterId, problem: thrownText(error) }, "meter not read"),
      retired,
    ),
  };
}

/**
 * Takes up what the worker before this one may have left half done on a paced clock; call the result once this one
 * runs.
 */
export async function resumeSites(wiring: Wiring): Promise<() => Promise<void>> {
  if (wiring.clock.kind === "real") return async () => undefined;
  const deps = {
    client: wiring.client,
    clock: clockOf(wiring.clock),
    decisions: postgresDecisionStore(wiring.pool),
    sites: siteGatewayOf(wiring),
    log: wiring.log,
  };
  const ended = (wiring.retired ?? []).map(({ siteId }) => siteId);
  const resumes = await Promise.all(inService(wiring).map(({ plan }) => resumeSite(plan.siteId, deps)));
  return async () => {
    // The worker before this one may have died while it woke one of them.
    await Promise.all(ended.map((siteId) => deps.clock.release(deliveringHold(siteId))));
    await Promise.all([
      ...resumes.map((resume) => resume()),
      ...ended.map((siteId) => endWait(deps.clock, wakeKey(siteId))),
    ]);
  };
}

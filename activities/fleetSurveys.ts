import { ableCohort } from "../src/domain/dispatch/ableCohort.ts";
import type { MachineReading } from "../src/domain/dispatch/model.ts";
import type { CohortPlan } from "../src/domain/decision/model.ts";
import { type AbleCohort, FLEET_ABLE, type FleetAbleInput } from "../src/domain/inputs/fleetAble.ts";
import { thrownText } from "../src/domain/units/foreignText.ts";
import type { CohortId, MachineId, SiteId } from "../src/domain/units/ids.ts";
import type { Instant } from "../src/domain/units/instant.ts";
import type { Fleet } from "../src/ports/fleet.ts";
import type { FleetLedger, MachineStanding } from "../src/ports/fleetLedger.ts";
import type { Log } from "../src/ports/log.ts";
import type { SiteBook } from "../src/ports/siteBook.ts";
import type { DrawSurvey, SurveyStore } from "../src/ports/surveyStore.ts";
import { configured } from "./configured.ts";
import { everySlice } from "./everySlice.ts";
import { tellUnstored } from "./machines.ts";

export interface FleetSurveyDeps {
  readonly fleet: Fleet;
  readonly ledger: FleetLedger;
  readonly surveys: SurveyStore;
  readonly book: SiteBook<"plan">;
  readonly log: Log;
}

/** Machines of one slice: five slices at a time leave a fifth of the connections to commands. */
const SLICE = 40;
/** Real time for the machines of one site: a survey is over before the next one is due. */
const SURVEY_MS_MAX = 200_000;

/** One machine as a survey found it. */
export interface MachineSurveyed {
  readonly machineId: MachineId;
  readonly cohortId: CohortId;
  /** What it draws, W: by its own word, else by its plan; 0 for one that sleeps or does not answer. */
  readonly drawsW: number;
  readonly isSilent: boolean;
}

/** One survey of a site. A cohort that could not be read in time is in neither list. */
export interface Surveyed extends DrawSurvey {
  readonly cohorts: readonly AbleCohort[];
  readonly machines: readonly MachineSurveyed[];
}

/** A fall is told by a survey before it: what came since, and during a silence of ten minutes, is kept beside that. */
const KEPT = 4;

/** Surveys of the fleets of some sites, one after the other, and what the last of each found. */
export class FleetSurveys {
  readonly #deps: FleetSurveyDeps;
  readonly #last = new Map<SiteId, readonly DrawSurvey[]>();

  constructor(deps: FleetSurveyDeps) {
    this.#deps = deps;
  }

  /** The last one of a site that began up to an instant, whole, of the newest four. */
  lastBefore(siteId: SiteId, at: Instant): DrawSurvey | undefined {
    return this.#last.get(siteId)?.findLast((survey) => survey.at <= at);
  }

  /** Takes up what is kept of a site, whoever surveyed it. @throws PortUnavailableError when the database is away */
  async recall(siteId: SiteId): Promise<void> {
    const kept = await this.#deps.surveys.kept(siteId);
    const own = (this.#last.get(siteId) ?? []).filter((one) => kept.every(({ at }) => at !== one.at));
    this.#last.set(siteId, [...own, ...kept].toSorted((a, b) => (a.at < b.at ? -1 : 1)).slice(-KEPT));
  }

  /** Reads every machine of a site. Those that nobody has read before are noted in the ledger. */
  async count(siteId: SiteId, at: Instant, signal: AbortSignal): Promise<Surveyed> {
    const { ledger, book, log } = this.#deps;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(SURVEY_MS_MAX)]);
    const cohorts: AbleCohort[] = [];
    const machines: MachineSurveyed[] = [];
    for (const cohort of configured(book, siteId).plan.cohorts) {
      const { cohortId } = cohort;
      const readings = await this.#readCohort(siteId, cohortId, at, limit).catch((error: unknown) => {
        if (signal.aborted || !limit.aborted) throw error;
        log.warn(
          { siteId, cohortId, at },
          "not every machine could be read in time: who is able to run is not counted",
        );
        return undefined;
      });
      if (readings === undefined) continue;
      const standing = await ledger.standing(siteId, cohortId);
      cohorts.push(cohortCounted(cohort, readings, standing));
      machines.push(...readings.map((reading) => machineOf(cohort, reading)));
      // Left out by the first survey, or new since: a dispatch expects nothing of machines that nobody knows.
      const met = readings.filter(({ machineId }) => !standing.has(machineId));
      tellUnstored(log, siteId, await ledger.saveReadings(siteId, cohortId, undefined, met, true));
    }
    const found = { at, cohorts, machines };
    this.#last.set(siteId, [...(this.#last.get(siteId) ?? []), found].slice(-KEPT));
    await this.#deps.surveys.keep(siteId, found, KEPT).catch((error: unknown) => {
      log.warn(
        { siteId, at, problem: thrownText(error) },
        "who draws power is not kept: a feeder that opens while no worker runs may not be recognized",
      );
    });
    return found;
  }

  async #readCohort(
    siteId: SiteId,
    cohortId: CohortId,
    at: Instant,
    signal: AbortSignal,
  ): Promise<readonly MachineReading[]> {
    const { fleet } = this.#deps;
    const inOrder = fleet.machines(siteId, cohortId);
    const readings = new Map<string, MachineReading>();
    await everySlice(inOrder, SLICE, async (machines) => {
      for (const reading of await fleet.read(machines, at, signal)) readings.set(reading.machineId, reading);
    });
    return inOrder.flatMap(({ machineId }) => readings.get(machineId) ?? []);
  }
}

function machineOf({ cohortId, modes, normalModeId }: CohortPlan, reading: MachineReading): MachineSurveyed {
  const { machineId, state, powerW } = reading;
  const isDrawing = state === "running" || state === "ramping";
  const normalW = modes.find(({ modeId }) => modeId === normalModeId)?.powerW;
  const drawsW = isDrawing ? (powerW ?? normalW ?? Number.NaN) : 0;
  return { machineId, cohortId, drawsW, isSilent: state === "unknown" };
}

/** Who of a cohort is able to run, as a survey read it; `standing` is what was known of its machines before. */
export function cohortCounted(
  cohort: CohortPlan,
  readings: readonly MachineReading[],
  standing: ReadonlyMap<string, MachineStanding>,
): AbleCohort {
  return ableCohort(
    cohort,
    readings.map((reading) => ({ reading, before: standing.get(reading.machineId) })),
  );
}

/** What a survey of `at` tells its site; `why` tells it from the one that rides, where it goes at once. */
export function countedBy(at: Instant, cohorts: readonly AbleCohort[], why?: string): FleetAbleInput {
  const id = why === undefined ? `${FLEET_ABLE}/${at}` : `${FLEET_ABLE}/${at}/${why}`;
  return { kind: FLEET_ABLE, id, at, observedAt: at, cohorts };
}

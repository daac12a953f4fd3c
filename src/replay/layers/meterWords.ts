import { type InvoluntaryTripInput, isInvoluntaryTrip } from "../../domain/inputs/involuntaryTrip.ts";
import { isResponseClock, type ResponseClockInput } from "../../domain/inputs/responseClock.ts";
import { fallBeyondOrder } from "../../domain/verification/fallBeyondOrder.ts";
import { fallInSilence } from "../../domain/verification/fallInSilence.ts";
import { type LoadFall, loadFall, type MeterLook } from "../../domain/verification/loadFall.ts";
import { responseClock } from "../../domain/verification/responseClock.ts";
import type { LayerLog } from "../layerLog.ts";
import type { SiteFacts } from "../siteFacts.ts";

/**
 * What the watch of the meter told a site, made again from the looks that it told with it: the verdict of each clock,
 * and the fall of the load of each involuntary trip.
 */
export function checkMeterWords({ arrivals }: Pick<SiteFacts, "arrivals">, log: LayerLog): void {
  for (const { input, where } of arrivals) {
    if (isResponseClock(input)) checkClock(input, where, log);
    if (isInvoluntaryTrip(input)) checkTrip(input, where, log);
  }
}

function checkClock(input: ResponseClockInput, where: string, log: LayerLog): void {
  const { startedAt, dueAt, baseKw, baseAt, baseRevision, targetKw, looks, at, endedAt } = input;
  const began = { startedAt, dueAt, baseKw, baseAt, baseRevision, targetKw };
  const made = responseClock(began, looks, at, endedAt);
  const clock = `${where} clock of ${input.instructionId}${input.issuer === undefined ? "" : ` of ${input.issuer}`}`;
  log.same(`${clock} outcome`, made?.outcome, input.outcome);
  log.same(`${clock} seconds`, made?.seconds, input.seconds);
  log.same(`${clock} short kW`, made?.shortKw, input.shortKw);
  log.same(`${clock} sentence`, made?.sentence, input.sentence);
  const first = looks[0]?.at;
  // A base from before the start, or before the looks that are told, is not among them.
  if (baseAt === undefined || first === undefined || baseAt < first) return;
  log.same(`${clock} kW at the start`, looks.find((look) => look.at === baseAt)?.powerKw, baseKw);
}

function checkTrip(input: InvoluntaryTripInput, where: string, log: LayerLog): void {
  const { looks, leastFallKw, when, mayFallKw } = input;
  const seen = looks.map(({ at, powerKw, registerWh }) => ({
    at,
    powerKw,
    registerWh: /^\d{1,20}$/.test(registerWh) ? BigInt(registerWh) : undefined,
    isMoving: false,
  }));
  const fall = fallOf(seen, leastFallKw, when, mayFallKw);
  log.same(`${where} trip, kW before`, fall?.fromKw, input.fromKw);
  log.same(`${where} trip, kW after`, fall?.toKw, input.toKw);
  log.same(`${where} trip fell by`, fall?.fellBy, input.fellBy);
}

/** The fall that was told, made again: a message leaves out the looks that did not read the meter. */
function fallOf(
  [base, second, ...after]: readonly MeterLook[],
  leastFallKw: number,
  when: InvoluntaryTripInput["when"],
  mayFallKw: number | undefined,
): LoadFall | undefined {
  if (base === undefined || second === undefined) return undefined;
  if (when === "silence")
    return fallInSilence([base, second, { at: second.at, isMoving: false }, ...after], leastFallKw);
  if (when === undefined || mayFallKw === undefined) return loadFall([base, second, ...after], leastFallKw);
  const commanded = [second, ...after].map((look) => ({ ...look, isMoving: true }));
  const ordered = { mayFallKw, cohortIds: [] };
  return fallBeyondOrder([{ ...base, beforeRevision: 0, ordered }, ...commanded], leastFallKw);
}

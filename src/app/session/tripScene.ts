import { TRIP_ID } from "../../domain/inputs/involuntaryTrip.ts";
import { wallToInstant } from "../../domain/market/calendar.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { kwText } from "../../domain/units/numberText.ts";
import type { ObligationsNow } from "../../readModels/obligationsNow.ts";
import type { BreakerTrip } from "../../simulators/miners/model.ts";
import { scriptKey } from "../operator/operatorKeyFile.ts";
import { sendRelease } from "../operator/operatorOrders.ts";
import { obligationsOf } from "../status/obligationsOf.ts";
import type { BookSystem } from "../system/system.ts";
import type { Book } from "../worker/book.ts";
import type { Deployment } from "../worker/deployment.ts";
import { DEMO_DAY } from "./demoDay.ts";
import type { ScriptedAction, TellWatcher } from "./marketDay.ts";
import { hhmm } from "./runLines.ts";
import { simulatedId } from "./simulatedSite.ts";

const OPENS = central("13:11:00");
const CLOSES = central("13:21:00");
const ACTOR = "jim.hale";
const REASON = "the feeder is inspected and closed";

/**
 * The feeder of the last cohort of a book's last site opens at a quiet hour of the demo's day, for ten minutes.
 * @throws Error for a book without a site, and a site without a cohort
 */
export function demoBreakerTrips(book: Book): readonly BreakerTrip[] {
  const { plan } = lastOf(book);
  const clientId = plan.cohorts.at(-1)?.clientId;
  if (clientId === undefined) throw new Error("The demo's trip needs a site with a cohort.");
  const feederId = book.deployments.length === 1 ? clientId : simulatedId(plan.siteId, clientId);
  return [{ openMs: Date.parse(OPENS), closedMs: Date.parse(CLOSES), feederId }];
}

/**
 * What the desk does about a feeder that opened: it reads that the trip was recognized, waits until power is back, sees
 * that restarts are held, and releases the trip as `ballast release trip` does. The machines are back once the minimum
 * off time of their cohort, which began as they were told off, is over.
 */
export function tripScene(run: BookSystem, tell: TellWatcher): readonly ScriptedAction[] {
  const { plan } = lastOf(run.book);
  const { siteId } = plan;
  const look = (time: string, words: (now: ObligationsNow) => string): ScriptedAction => {
    const at = central(time);
    const act = async () => tell(siteId, `${hhmm(at)}  ${words(await obligationsOf(run.pool, plan, at))}`);
    return { at, act };
  };
  const releasedAt = central("13:26:30");
  return [
    look("13:15:00", recognizedText),
    look("13:26:00", heldText),
    {
      at: releasedAt,
      act: async () => {
        const { client, clock, stack } = run;
        const link = { client, clock, siteId, actor: ACTOR, privateKeyPem: scriptKey(stack.dataDir, ACTOR) };
        tell(siteId, `${hhmm(releasedAt)}  release: ${ACTOR} releases the trip, ${REASON}`);
        await sendRelease(link, { orderId: TRIP_ID, reason: REASON });
      },
    },
    look("13:56:00", backText),
  ];
}

/** That the trip was recognized, and whom it took. @throws Error where none stands */
export function recognizedText({ siteId, trips }: ObligationsNow): string {
  const trip = trips.at(-1);
  if (trip === undefined) throw new Error(`The trip of ${siteId} was not recognized.`);
  const { at, fromKw, toKw, cohorts } = trip;
  const dark = cohorts.filter(({ darkMachines }) => darkMachines > 0);
  const whom = dark.map(({ cohortId, darkMachines }) => `${darkMachines} machines of ${cohortId}`).join(", ");
  return (
    `trip recognized at ${hhmm(at)}: the load fell from ${kwText(fromKw)} to ${kwText(toKw)} without a command, ` +
    `${whom} answer no more`
  );
}

/** That restarts wait, with what the meter shows. @throws Error where no trip stands */
export function heldText({ siteId, trips, meteredKw }: ObligationsNow): string {
  if (trips.length === 0) throw new Error(`The trip of ${siteId} stands no more, and nobody has released it.`);
  return `restarts held: the feeder has power again, ${onMeter(meteredKw)} until the trip is released`;
}

/** That the load is back. @throws Error where a trip still stands */
export function backText({ siteId, trips, meteredKw }: ObligationsNow): string {
  if (trips.length > 0) throw new Error(`The trip of ${siteId} stands although it was released.`);
  return `back on: ${onMeter(meteredKw)}, no trip stands`;
}

function onMeter(meteredKw: number | undefined): string {
  return meteredKw === undefined ? "the meter is not read" : `${kwText(meteredKw)} on the meter`;
}

function lastOf({ deployments }: Book): Deployment {
  const deployment = deployments.at(-1);
  if (deployment === undefined) throw new Error("The demo's trip needs a book with a site.");
  return deployment;
}

function central(time: string): Instant {
  return wallToInstant({ day: DEMO_DAY, time, repeatedHour: false });
}

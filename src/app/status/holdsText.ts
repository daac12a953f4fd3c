import { TRIP_ID } from "../../domain/inputs/involuntaryTrip.ts";
import { isInputActor } from "../../domain/inputs/stopContact.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import { type Instant, secondsBetween } from "../../domain/units/instant.ts";
import { grouped, kwText } from "../../domain/units/numberText.ts";
import type { HoldsNow } from "../../readModels/holdsNow.ts";
import { ageText, centralTime } from "../timeText.ts";

/** Of what site at which market instant. */
interface Shown extends HoldsNow {
  readonly siteId: SiteId;
  readonly at: Instant;
}

/**
 * What holds machines down until a person lets go, a label and a text each: since when, what fell or who stopped it,
 * and the command that ends it. Trips first.
 */
export function holdFacts({ siteId, at, trips, stops }: Shown): (readonly [label: string, text: string])[] {
  const letGo = (command: string): string => `ballast ${command} --site ${siteId} --reason "<text>"`;
  return [
    ...trips.map(({ at: since, fromKw, toKw, cohorts, isDecided }) => {
      const dark = cohorts
        .filter(({ darkMachines }) => darkMachines > 0)
        .map(({ cohortId, darkMachines }) => `${grouped(String(darkMachines))} machines of ${cohortId}`);
      const whom = dark.length === 0 ? "" : `, ${dark.join(", ")} dark`;
      const held = isDecided
        ? `restarts are held until it is released: ${letGo(`release ${TRIP_ID}`)}`
        : "it is kept, the site has not decided on it yet: nothing is held";
      const fell = `the load fell from ${kwText(fromKw)} to ${kwText(toKw)} without a command${whom}`;
      return ["trip", `${sinceText(since, at)}: ${fell}; ${held}`] as const;
    }),
    ...stops.map(({ cohortId, actor, reason, at: since, isDecided }) => {
      const cohort = cohortId === undefined ? "" : ` --cohort ${cohortId}`;
      const refused = isInputActor(actor) ? ", refused while the contact holds it" : "";
      const held = isDecided
        ? `nothing of it starts until: ${letGo(`start-again${cohort}`)}${refused}`
        : "it is kept, the site has not decided on it yet: what runs runs on, no command but off goes out";
      const what = `${cohortId ?? "the site"} by ${actor}, ${reason.replace(/[.]$/, "")}`;
      return ["safety stop", `${sinceText(since, at)}: ${what}; ${held}`] as const;
    }),
  ];
}

function sinceText(since: Instant, at: Instant): string {
  return `since ${centralTime(since, at)} (${ageText(secondsBetween(since, at))} ago)`;
}

import { thrownText } from "../../domain/units/foreignText.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { AppCommand } from "./command.ts";
import { dayArgument } from "./dayArgument.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { showDecision, type ShowOptions } from "./showDecision.ts";

const HELP = `
Prints the hours of an operating day as the site is to take them, kW at its meter: next-day load schedule for a REP,
and capability by the hour for the operating plan of a QSE. Planned is the mean of the hour, least its lowest moment;
low is the load with every machine off (or the registered low power consumption), high that with every able machine in
its normal mode; then what is owed of each ancillary service, and the mean of the foreseen prices.

It is the plan that ballast next shows, from the newest decision on. Without a day it is tomorrow; today's has the hours
  that are not over. Day-ahead prices of a day come about 13:30 of the day before: until then its hours are unforeseen,
  and the site does what it does when prices are silent. Eight days ahead at most.

--csv prints one line an hour, MW with three decimals. It only reads the run's database and needs no key.

Exit codes: 0 shown; 1 the site had not decided yet; 2 no such site or day; 3 the run belongs to another account; 4 no
  stack runs.

Examples:
  ballast operating-plan pecan-draw
  ballast operating-plan pecan-draw 2026-08-19 --csv`;

/** `ballast operating-plan`: a day by the hour, for a REP or a QSE. */
export const operatingPlanCommand = {
  name: "operating-plan",
  summary: "a day's planned load and capability by the hour",
  description: "Shows what a site is to take in each hour of an operating day, what it could, and what it owes.",
  arguments: [
    { name: "<site>", what: "the site" },
    { name: "[day]", what: "operating day, YYYY-MM-DD; tomorrow without it" },
  ],
  options: [
    RUN_OPTION,
    { flags: "--csv", what: "one line an hour, for a program" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast operating-plan pecan-draw", what: "tomorrow's hours" }],
  run: showOperatingPlan,
} satisfies AppCommand;

async function showOperatingPlan(
  siteId: string,
  asked: string | undefined,
  options: ShowOptions & { readonly csv?: boolean },
): Promise<void> {
  const day = asked === undefined ? undefined : dayOf(asked);
  const [{ operatingPlan }, { operatingPlanCsv, operatingPlanText }, { nextDay, operatingDayOf }] = await Promise.all([
    import("../../domain/decision/operatingPlan.ts"),
    import("../status/operatingPlanText.ts"),
    import("../../domain/market/calendar.ts"),
  ]);
  await showDecision(siteId, undefined, options, async (record, plan) => {
    const of = { siteId: plan.siteId, day: day ?? nextDay(operatingDayOf(record.input.asOf)) };
    const hours = within(() => operatingPlan(plan, record, of.day));
    return {
      json: { ...of, madeAt: record.input.asOf, sequence: record.sequence, hours },
      text: (columns) =>
        options.csv === true ? operatingPlanCsv(of, hours) : operatingPlanText(of, hours, { columns }),
    };
  });
}

function dayOf(text: string): string {
  return within(() => dayArgument(text));
}

/** What a day is refused for ends the command. @throws CommandError */
function within<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new CommandError(ExitCode.unusable, thrownText(cause), { cause });
  }
}

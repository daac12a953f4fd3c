import type { Pool } from "../../adapters/postgres/pool.ts";
import type { DecisionRecord } from "../../domain/decision/model.ts";
import type { Instant } from "../../domain/units/instant.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { showDecision, type ShowOptions } from "./showDecision.ts";

/** Day-ahead prices reach so far at most. */
const HOURS_MAX = 48;

const HELP = `
Prints the coming quarter hours of the site, from its newest decision on: the foreseen price, who says it and how old
  that is; the load that the site is to take, kW at its meter; what rules take it below normal and what floors keep on
  against the price; and the price above which the next step would go off, below which it would come on. Then each move.

It is the decision itself, run forward: for the running quarter hour on the SCED runs so far, then on RTD's
  look-ahead, then on day-ahead prices, each as if it were known at the start of its quarter hour. Orders,
  instructions, holds and grid level are those known now. Where nobody foresees a price none is guessed: there the site
  does what it does when prices are silent (onSilence).

With a moment and --done: where a cohort stood elsewhere than planned at the end of a quarter hour, and the first cause
  that the two decisions show: a rule that nobody foresaw, or that did not come; machines; a hold; the price; the
  strike; the configuration; the order of moves.

It only reads the run's database: it needs no key and disturbs nothing. With --json it prints one object; its planId is
  the same for the same plan.

Exit codes: 0 shown; 1 the site had not decided yet; 2 no such site, moment or span; 3 the run belongs to another
  account; 4 no stack runs.

Examples:
  ballast next pecan-draw
  ballast next pecan-draw --hours 24 --json
  ballast next pecan-draw 2026-08-18T17:00-05:00 --done`;

/** `ballast next`: what a site is to do in the coming quarter hours, and what would change it. */
export const nextCommand = {
  name: "next",
  summary: "what a site is to do in the coming quarter hours",
  description: "Shows the coming quarter hours: foreseen price, planned load, what rules hold, what would change it.",
  arguments: [
    { name: "<site>", what: "the site" },
    { name: "[at]", what: "a moment: what was planned then; from the newest decision without it" },
  ],
  options: [
    RUN_OPTION,
    { flags: "--hours <count>", what: `hours ahead, 1 to ${HOURS_MAX}; 3 without it` },
    { flags: "--done", what: "with a moment: what the site has done otherwise since, and why" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast next pecan-draw" }],
  run: next,
} satisfies AppCommand;

async function next(
  siteId: string,
  moment: string | undefined,
  options: ShowOptions & { readonly hours?: string; readonly done?: boolean },
): Promise<void> {
  const hours = hoursOf(options.hours ?? "3");
  const [{ nextNow }, { nextText }, { canonicalJson }, { sha256Hex }, { addSeconds }] = await Promise.all([
    import("../../readModels/nextNow.ts"),
    import("../status/nextText.ts"),
    import("../../domain/evidence/canonicalJson.ts"),
    import("../../replay/hash.ts"),
    import("../../domain/units/instant.ts"),
  ]);
  await showDecision(siteId, moment, options, async (record, plan, pool) => {
    const { asOf } = record.input;
    const until = addSeconds(asOf, hours * 3600);
    const since = options.done === true ? await decidedSince(record, pool, until) : undefined;
    const shown = nextNow(plan, record, until, since);
    const planId = sha256Hex(canonicalJson(shown));
    return { json: { planId, ...shown }, text: (columns) => nextText(shown, { columns }) };
  });
}

function hoursOf(text: string): number {
  const hours = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (hours >= 1 && hours <= HOURS_MAX) return hours;
  throw new CommandError(ExitCode.unusable, `--hours is "${text}"; expected a whole number from 1 to ${HOURS_MAX}`);
}

/** The records after one, to a quarter hour after the plan's end: one of them shows that its last is over. */
async function decidedSince(
  { siteId, sequence, input }: DecisionRecord,
  pool: Pool,
  until: Instant,
): Promise<readonly DecisionRecord[]> {
  const [{ postgresDecisionStore }, { addSeconds }] = await Promise.all([
    import("../../adapters/postgres/decisionStore.ts"),
    import("../../domain/units/instant.ts"),
  ]);
  const records = await postgresDecisionStore(pool).between(siteId, input.asOf, addSeconds(until, 900));
  return records.filter((one) => one.sequence > sequence);
}

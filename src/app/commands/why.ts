import type { AppCommand } from "./command.ts";
import { RUN_OPTION } from "./operatorOptions.ts";
import { showDecision, type ShowOptions } from "./showDecision.ts";

const HELP = `
Prints why the site is where it is, from the record of one decision alone: the trips and safety stops that hold it,
  with the command that ends each; what each way to run it would earn by the hour, best first; the whole ladder of
  steps, worst strike first, with what holds each step; and which price or event would change that. Costs are at the
  expected settlement price, adders included, and leave out what a switch costs.

  [at] takes an instant with its offset, such as 2026-08-18T21:30-05:00: the decision that stood then. Without it, the
  newest.

It only reads the run's database: it needs no key and disturbs nothing. With --json it prints one object.

Exit codes: 0 shown; 1 the site had not decided yet; 2 no such site or moment; 3 the run belongs to another account;
  4 no stack runs.

Examples:
  ballast why pecan-draw
  ballast why pecan-draw 2026-08-18T21:30-05:00 --json`;

/** `ballast why`: what was compared, and what would change it. */
export const whyCommand = {
  name: "why",
  summary: "why a site is where it is, and what would change it",
  description: "Shows what one decision compared: alternatives by $/h, the ladder, and what holds each step.",
  arguments: [
    { name: "<site>", what: "the site" },
    { name: "[at]", what: "the moment; the newest decision without it" },
  ],
  options: [RUN_OPTION, { flags: "--json", what: "one JSON object instead of text" }],
  help: HELP,
  examples: [{ call: "ballast why pecan-draw" }],
  run: why,
} satisfies AppCommand;

async function why(siteId: string, moment: string | undefined, options: ShowOptions): Promise<void> {
  const [{ whyNow }, { whyText }] = await Promise.all([
    import("../../readModels/whyNow.ts"),
    import("../status/whyText.ts"),
  ]);
  await showDecision(siteId, moment, options, async (record) => {
    const shown = whyNow(record);
    return { json: shown, text: (columns) => whyText(shown, { columns }) };
  });
}

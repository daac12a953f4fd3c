import { centralTime } from "../timeText.ts";
import { NOT_PROVEN, type OperatorCommandOptions, sameSite, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface ReleaseOptions extends OperatorCommandOptions {
  readonly reason: string;
}

const HELP = `
What it does:
  Ends an order before its time: the cohorts go where price, policy and the other orders put them. Anyone with the role
  desk may release any order. Who did it and why is recorded. \`ballast status\` lists the orders in force.

  With \`grid-level\` in place of an order's id, it releases an EEA level that still holds because ERCOT's page has gone
  silent or cannot be read. The level is back when the page says so. With \`trip\` it releases what is held after an
  involuntary trip: first make sure that the feeder is closed for good.

Prints the decision's number and its sentence, then where each cohort is to be and why, and what a cohort that does not
  come back waits for: the rest of a minimum time, a silent input, an EEA, a price. With --json:
  {"orderId", "siteId", "actor", "at", "reason", "sequence", "sentence"}

Exit codes: 0 released; 1 refused (nothing of that name is in force); 2 wrong arguments; 3 key unknown, unprotected
  or without the role; 4 no stack runs.

Example:
  ballast release maria.lopez-20260819T021500Z-5f0c21ab --reason "done early"`;

/** `ballast release`: ends an operator's order before its time. */
export const releaseCommand = {
  name: "release",
  summary: "end an order before its time",
  description: "Releases one order of a running site.",
  arguments: [{ name: "<orderId>", what: "the order's id, as `ballast order` and `ballast status` print it" }],
  options: [{ flags: "--reason <text>", what: "why", isRequired: true }, ...operatorOptions("releases")],
  help: HELP,
  examples: [{ call: 'ballast release <orderId> --reason "finished early"' }],
  run: release,
} satisfies AppCommand;

async function release(orderId: string, options: ReleaseOptions): Promise<void> {
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { reason } = options;
  await asOperator(options, "release an order", async ({ commands: { site: asked, siteId, actor }, site }) => {
    const { at, sequence, sentence } = await asked.release({ orderId, reason });
    if (options.json) {
      console.log(JSON.stringify({ orderId, siteId, actor, at, reason, sequence, sentence }));
      return;
    }
    console.log(`${orderId}  released at ${centralTime(at)} Central`);
    await sayDecision(site, { sequence, sentence });
    console.log(NOT_PROVEN);
    console.log(`Follow it:\n  ballast status --watch${sameSite(options, false)}`);
  });
}

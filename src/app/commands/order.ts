import { CommandError, ExitCode } from "../commandError.ts";
import type { OrderRequest } from "../operator/operatorOrders.ts";
import { centralTime } from "../timeText.ts";
import { NOT_PROVEN, type OperatorCommandOptions, sameSite, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface OrderOptions extends OperatorCommandOptions {
  readonly cohort?: readonly string[];
  readonly all?: boolean;
  readonly action: OrderRequest["action"];
  readonly until: string;
  readonly long?: boolean;
  readonly reason: string;
}

const HELP = `
What it does:
  Sends the order to the running site and waits for the decision that takes it up. \`curtail\` orders the cohorts off.
  \`run\` brings them to their normal mode whatever the price and whatever is silent, but never against an instruction,
  the EEA policy or a lock-out. The order ends at --until.
  Who orders is read from the key file, never from an argument (see \`ballast operator\`). The key needs the role desk.
  On a paced clock, market time waits until the site has dealt with the order.

  --until takes   21:30                  that time today, Central
                  +45m, +1h30m           from now, market time
                  2026-08-18T21:30       that day and time, Central
                  2026-08-18T21:30-05:00, 2026-08-19T02:30Z
                  more than a day ahead only with --long

Prints the order's id, the decision's number and its sentence, and for each cohort that another rule keeps from
  following it which rule, and until when. With --json:
  {"orderId", "siteId", "actor", "action", "cohortIds", "at", "until", "reason", "sequence", "sentence"}

Exit codes: 0 taken up; 1 refused, with the reason on standard error; 2 wrong arguments; 3 key unknown, unprotected
  or without the role; 4 no stack runs.

Examples:
  ballast order --all --action curtail --until +45m --reason "TDSP line work"
  ballast order --cohort hall-2 hall-3 --action curtail --until 21:30 \\
    --reason "heat in both halls"
  ballast order --cohort hall-2 --action run --until 2026-08-18T23:00-05:00 \\
    --reason "client opted out tonight"`;

/** `ballast order`: an operator's order to one site. */
export const orderCommand = {
  name: "order",
  summary: "order cohorts off or on until a time, with a reason",
  description:
    "Orders cohorts of a running site off or on. The order is in force once the site's workflow has decided on it.",
  options: [
    { flags: "--cohort <id...>", what: "cohorts to order; may be given more than once", conflicts: "all" },
    { flags: "--all", what: "every cohort of the site" },
    { flags: "--action <what>", what: "what they should do", choices: ["curtail", "run"], isRequired: true },
    { flags: "--until <when>", what: "end of the order", isRequired: true },
    { flags: "--long", what: "let it last longer than a day" },
    { flags: "--reason <text>", what: "why; every decision shows it while the order is in force", isRequired: true },
    ...operatorOptions("orders"),
  ],
  help: HELP,
  examples: [{ call: 'ballast order --all --action curtail --until +45m --reason "TDSP line work"' }],
  run: order,
} satisfies AppCommand;

async function order(options: OrderOptions): Promise<void> {
  if (options.all !== true && options.cohort === undefined)
    throw new CommandError(ExitCode.unusable, "an order needs its cohorts: --cohort <id...>, or --all for every one");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sendOrder } = await import("../operator/operatorOrders.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { action, until, long: isLong, reason, cohort } = options;
  await asOperator(options, "order", async (link, signal, site) => {
    const placed = await sendOrder(
      link,
      { action, until, isLong, reason, cohortIds: options.all ? undefined : cohort },
      signal,
    );
    const { at, sequence, sentence } = placed;
    if (options.json) {
      const { orderId, actor, cohortIds, until: end } = placed.order;
      console.log(
        JSON.stringify({
          orderId,
          siteId: link.siteId,
          actor,
          action,
          cohortIds,
          at,
          until: end,
          reason,
          sequence,
          sentence,
        }),
      );
      return;
    }
    console.log(
      `${placed.orderId}  in force from ${centralTime(at)} to ${centralTime(placed.order.until, at)} Central`,
    );
    await sayDecision(site, placed, placed.orderId);
    console.log(NOT_PROVEN);
    console.log(`Follow it:\n  ballast status --watch${sameSite(options, false)}`);
    console.log(`End it early:\n  ballast release ${placed.orderId}${sameSite(options, true)} --reason "<text>"`);
  });
}

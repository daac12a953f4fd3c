import { InvalidArgumentError } from "commander";
import type { Demand } from "../../domain/inputs/demand.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { type OrderRequest, RequestUnusableError } from "../../ports/commands.ts";
import { centralTime } from "../timeText.ts";
import { NOT_PROVEN, type OperatorCommandOptions, sameSite, operatorOptions } from "./operatorOptions.ts";
import type { AppCommand } from "./command.ts";

interface OrderOptions extends OperatorCommandOptions {
  readonly cohort?: readonly string[];
  readonly all?: boolean;
  readonly action: OrderRequest["action"];
  readonly toKw?: number;
  readonly byKw?: number;
  readonly minKw?: number;
  readonly breakAt?: number;
  readonly until: string;
  readonly long?: boolean;
  readonly reason: string;
}

/** The options by which a request's members are given. */
const OPTIONS: Readonly<Record<keyof OrderRequest, string>> = {
  action: "--action",
  demand: "--to-kw or --by-kw",
  minKw: "--min-kw",
  breakAtUsdPerMwh: "--break-at",
  cohortIds: "--cohort",
  until: "--until",
  isLong: "--long",
  reason: "--reason",
};

const HELP = `
What it does:
  Sends the order to the running site and waits for the decision that takes it up. \`curtail\` orders the cohorts off,
  or the load of one cohort or of the site down to a level (--to-kw) or by an amount (--by-kw); the machines that earn
  least go first. \`run\` brings them to their normal mode whatever the price and whatever is silent, or keeps at least
  --min-kw on, but never against an instruction, the EEA policy or a lock-out. The order ends at --until.
  kW are those of the site meter: cooling included, and for the whole site its firm and house load too. An amount
  counts from what is ordered to run when the order is taken up.
  Who orders is read from the key file, never from an argument (see \`ballast operator\`). The key needs the role desk.
  On a paced clock, market time waits until the site has dealt with the order.

  --until takes   21:30                  that time today, Central
                  +45m, +1h30m           from now, market time
                  2026-08-18T21:30       that day and time, Central
                  2026-08-18T21:30-05:00, 2026-08-19T02:30Z
                  more than a day ahead only with --long

Prints the order's id, the decision's number and its sentence, and for each cohort that another rule keeps from
  following it which rule, and until when. With --json:
  {"orderId", "siteId", "actor", "action", "demand", "minKw", "breakAtUsdPerMwh", "cohortIds", "at", "until",
   "reason", "sequence", "sentence"}

Exit codes: 0 taken up; 1 refused, with the reason on standard error; 2 wrong arguments; 3 key unknown, unprotected
  or without the role; 4 no stack runs.

Examples:
  ballast order --all --action curtail --until +45m --reason "TDSP line work"
  ballast order --cohort hall-2 hall-3 --action curtail --until 21:30 \\
    --reason "heat in both halls"
  ballast order --all --action curtail --to-kw 1500 --until +2h \\
    --reason "transformer is hot"
  ballast order --all --action run --min-kw 500 --break-at 900 --until +4h \\
    --reason "loop needs heat"
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
    {
      flags: "--to-kw <kw>",
      what: "curtail: down to this load, of one cohort or the site",
      conflicts: "byKw",
      parse: kwOf,
    },
    { flags: "--by-kw <kw>", what: "curtail: down by this much, of one cohort or the site", parse: kwOf },
    { flags: "--min-kw <kw>", what: "run: keep at least this much on, of one cohort or the site", parse: kwOf },
    { flags: "--break-at <usd>", what: "run with --min-kw: give way to a price above this, $/MWh", parse: usdOf },
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
  const { withCohorts } = await import("../operator/cohortsNamed.ts");
  const { asOperator } = await import("../operator/operatorLink.ts");
  const { sayDecision } = await import("../operator/sayDecision.ts");
  const { action, until, long: isLong, reason, cohort, toKw, byKw, minKw, breakAt: breakAtUsdPerMwh } = options;
  const demand: Demand | undefined =
    toKw !== undefined ? { kind: "target", kw: toKw } : byKw === undefined ? undefined : { kind: "reduce", kw: byKw };
  await asOperator(options, "order", async ({ commands, site }) => {
    const request = {
      action,
      until,
      isLong,
      reason,
      cohortIds: options.all ? undefined : cohort,
      ...(demand && { demand }),
      ...(minKw === undefined ? {} : { minKw }),
      ...(breakAtUsdPerMwh === undefined ? {} : { breakAtUsdPerMwh }),
    };
    const placed = await commands.site.order(request).catch((error: unknown) => {
      throw withCohorts(inOptions(error), cohort, site.plan);
    });
    const { at, sequence, sentence } = placed;
    if (options.json) {
      const { orderId, actor, cohortIds, until: end } = placed.order;
      console.log(
        JSON.stringify({
          orderId,
          siteId: commands.siteId,
          actor,
          action,
          demand,
          minKw,
          breakAtUsdPerMwh,
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

/** An error about a member of the request, with the option that the member was given by; any other as it is. */
export function inOptions(error: unknown): unknown {
  if (!(error instanceof RequestUnusableError) || error.meant === undefined) return error;
  const { member, allowedBy } = error.meant;
  const allowing = allowedBy === undefined ? "" : `: add ${OPTIONS[allowedBy]}`;
  return new CommandError(ExitCode.unusable, `${OPTIONS[member]}: ${error.message}${allowing}`, { cause: error });
}

function kwOf(text: string): number {
  const kw = Number(text);
  if (text.trim() === "" || !(kw >= 0 && kw <= 1_000_000))
    throw new InvalidArgumentError("expected kW from 0 to 1000000, e.g. 1500 or 12.5");
  return kw;
}

function usdOf(text: string): number {
  const usd = Number(text);
  if (text.trim() === "" || !Number.isFinite(usd)) throw new InvalidArgumentError("expected $/MWh, e.g. 900");
  return usd;
}

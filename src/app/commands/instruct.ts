import { InvalidArgumentError } from "commander";
import { CommandError, ExitCode } from "../commandError.ts";
import { centralTime } from "../timeText.ts";
import type { AppCommand } from "./command.ts";
import { type OperatorCommandOptions, operatorOptions } from "./operatorOptions.ts";

interface InstructOptions extends OperatorCommandOptions {
  readonly ack?: string;
  readonly recall?: string;
  readonly id?: string;
  readonly revision?: number;
  readonly issuer?: string;
  readonly caller?: string;
  readonly calledAt?: string;
  readonly product?: string;
  readonly toMw?: number;
  readonly byMw?: number;
  readonly off?: true;
  readonly cohort?: readonly string[];
  readonly effective?: string;
  readonly deadline?: string;
  readonly until?: string;
  readonly hold?: string;
}

const HELP = `
What it does:
  Writes down an instruction that came by telephone, or its recall, in the name of whoever took the call: it goes
  through the same desk and the same rule as one over HTTP or from a folder, and the site follows it. Who called
  (--issuer, --caller), who took the call (the key) and when (--called-at) are kept with it, signed.
  --ack records that a person has seen an instruction, whichever door it came through, as it stands now; status
  shows which are not acknowledged. The key needs the role desk.

  Times take   17:30   that time today, Central;   +30m, +1h30m   from now, market time;
               2026-08-18T17:30 Central, or an instant with its offset.

Prints what became of it: the number under which the message is kept, and whether the site has it. With --json:
  {"message", "verdict", "note", "isSeenBefore", "isTold", "instruction"}, or {"code", "where", "why", "expected"}

Exit codes: 0 taken; 1 refused, with the reason on standard error; 2 wrong arguments; 3 key unknown, unprotected or
  without the role; 4 no stack runs, or nothing can be kept.

Examples:
  ballast instruct --id ers-0818-1 --issuer alpha --caller "J. Smith" \\
    --product ERS-30 --by-mw 12.5 --deadline +30m
  ballast instruct --recall ers-0818-1 --issuer alpha --caller "J. Smith"
  ballast instruct --ack ers-0818-1`;

/** `ballast instruct`: what a desk is told on the telephone, and what it has seen. */
export const instructCommand = {
  name: "instruct",
  summary: "write down an instruction that came by telephone, or acknowledge one",
  description: "Records a voice instruction, its recall, or that an instruction was seen.",
  options: [
    { flags: "--id <id>", what: "id of the instruction, the issuer's own" },
    { flags: "--recall <id>", what: "recall this instruction", conflicts: "id" },
    { flags: "--ack <id>", what: "acknowledge this instruction", conflicts: "id" },
    { flags: "--revision <n>", what: "newer content of an instruction has a higher one", parse: countOf },
    { flags: "--issuer <name>", what: "in whose name the caller spoke: QSE, TDSP or ERCOT" },
    { flags: "--caller <name>", what: "who called" },
    { flags: "--called-at <when>", what: "when the call came (default: now)" },
    { flags: "--product <name>", what: "what is deployed, e.g. ERS-30" },
    { flags: "--to-mw <mw>", what: "down to this load at the site meter", parse: mwOf },
    { flags: "--by-mw <mw>", what: "down by this much", conflicts: "toMw", parse: mwOf },
    { flags: "--off", what: "everything off" },
    { flags: "--cohort <id...>", what: "cohorts that it is for (default: the whole site)" },
    { flags: "--effective <when>", what: "when it begins (default: when the call came)" },
    { flags: "--deadline <when>", what: "by when the load is to be down" },
    { flags: "--until <when>", what: "when it ends (default: it holds until it is recalled)" },
    { flags: "--hold <when>", what: "nothing comes back before, also after its end or recall" },
    ...operatorOptions("took the call"),
  ],
  help: HELP,
  examples: [
    {
      call: 'ballast instruct --id ers-1 --issuer alpha --caller "J. Smith" --product ERS-30 --by-mw 12.5',
      what: "an instruction that came by telephone",
    },
  ],
  run: instruct,
} satisfies AppCommand;

async function instruct(options: InstructOptions): Promise<void> {
  const { createLog } = await import("../log.ts");
  const { deskOfRun } = await import("../ingress/deskOfRun.ts");
  const { takenText } = await import("../ingress/httpDoor.ts");
  const { voiceMessage } = await import("../ingress/voiceMessage.ts");
  const { authenticate, keyPath, requireRole, requireSite } = await import("../operator/operatorKeyFile.ts");
  const { parseUntil } = await import("../operator/operatorUntil.ts");
  const { PortUnavailableError } = await import("../../ports/errors.ts");
  const { findRunFolder, readRunFile, siteOf } = await import("../system/runFolder.ts");
  const { dir, notice } = findRunFolder(options.run);
  if (notice !== undefined) process.stderr.write(`ballast: ${notice}\n`);
  const { siteId } = siteOf(readRunFile(dir), options.site).plan;
  const operator = authenticate(dir, keyPath(options.keyFile));
  requireRole(operator, ["desk"], "record an instruction");
  requireSite(operator, siteId, "record an instruction");
  // the answer is for a person: the log stays quiet but for what goes wrong
  const { warn, error } = createLog("instruct");
  const { desk, clock, close } = deskOfRun(dir, { info: () => undefined, warn, error });
  try {
    const now = await clock.now();
    const moment = (text: string | undefined) => (text === undefined ? undefined : parseUntil(text, now, true));
    const body = bodyOf(options, siteId, { now, moment });
    const answer = await desk.take(voiceMessage(body, { operator, now }));
    const { verdict } = answer;
    if (verdict.kind === "refused") {
      const { kind: _, ...refusal } = verdict;
      if (options.json) console.log(JSON.stringify(refusal));
      throw new CommandError(ExitCode.no, `${refusal.where}: ${refusal.why} (expected ${refusal.expected})`);
    }
    if (options.json) {
      console.log(JSON.stringify(takenText(answer)));
      return;
    }
    const told =
      options.ack !== undefined
        ? ""
        : answer.isTold
          ? "; the site has it"
          : "; the site is told once it can be reached";
    const note = verdict.note === undefined ? "" : `; ${verdict.note}`;
    console.log(
      `${body.id}  ${verdict.kind} at ${centralTime(now)} Central, message ${answer.messageNo}${told}${note}`,
    );
  } catch (cause) {
    if (cause instanceof PortUnavailableError)
      throw new CommandError(ExitCode.noRun, `nothing was kept: ${cause.message}`, { cause });
    throw cause;
  } finally {
    await close();
  }
}

type Moments = { readonly now: string; readonly moment: (text: string | undefined) => string | undefined };

/** What was said, as the contract has it, with who called. @throws CommandError (2) where the options do not say it */
function bodyOf(options: InstructOptions, site: string, { now, moment }: Moments) {
  const { ack, recall, id, issuer, caller, revision, product, toMw, byMw, off, cohort } = options;
  const issued = moment(options.calledAt) ?? now;
  const whose = issuer === undefined ? {} : { issuer };
  if (ack !== undefined) return { type: "acknowledge" as const, id: ack, ...whose, site, issued };
  if (issuer === undefined || caller === undefined)
    throw new CommandError(ExitCode.unusable, "who called, and in whose name? Say it with --caller and --issuer");
  const call = { issuer, caller, issued, site, ...(revision === undefined ? {} : { revision }) };
  if (recall !== undefined) return { type: "recall" as const, id: recall, ...call };
  if (id === undefined)
    throw new CommandError(ExitCode.unusable, "which instruction? Name it with --id, --recall or --ack");
  const given = {
    product,
    targetMw: toMw,
    reduceMw: byMw,
    off,
    cohorts: cohort,
    effective: moment(options.effective),
    deadline: moment(options.deadline),
    until: moment(options.until),
    restoreNotBefore: moment(options.hold),
  };
  const members = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { type: "instruction" as const, id, ...call, ...members };
}

function mwOf(text: string): number {
  const mw = Number(text);
  if (!/^\d{1,7}(?:\.\d{1,9})?$/.test(text) || mw > 1_000_000)
    throw new InvalidArgumentError("expected MW from 0 to 1000000, e.g. 12.5");
  return mw;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!/^\d{1,7}$/.test(text) || count < 1) throw new InvalidArgumentError("expected a whole number from 1 on");
  return count;
}

import { CommanderError } from "commander";
import { ConfigError } from "../config/problem.ts";
import { cleanLines } from "../domain/units/foreignText.ts";
import { RequestRefusedError, RequestUnusableError } from "../ports/commands.ts";
import { PortUnavailableError } from "../ports/errors.ts";
import { BundleError } from "../replay/bundleFile.ts";
import { KeyError } from "../replay/signature.ts";
import { PriceFileError } from "../simulators/ercot/priceFile.ts";

/** What a command's exit code says, the same for every command. */
export const ExitCode = {
  /** Done, or the answer is yes. */
  ok: 0,
  /** The answer is no: problems found, order refused, bundle does not hold. */
  no: 1,
  /** Wrong arguments, or a file that cannot be used. */
  unusable: 2,
  /** The key is unknown, unprotected, or may not do this. */
  notAllowed: 3,
  /** No stack runs in the data folder. */
  noRun: 4,
  /** Something failed that no command expects. */
  failed: 70,
  /** Ctrl-C before the answer. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Ends a command with a message for a person (what, where, what to do) and an exit code. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** What is thrown for a file or a request that cannot be used. */
const UNUSABLE = [ConfigError, BundleError, KeyError, PriceFileError, RequestUnusableError];

/** Exit code of whatever ended a command. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.unusable;
  if (UNUSABLE.some((kind) => error instanceof kind)) return ExitCode.unusable;
  if (error instanceof RequestRefusedError) return ExitCode.no;
  return error instanceof PortUnavailableError ? ExitCode.noRun : ExitCode.failed;
}

/**
 * `ballast: what, where, what to do` for standard error; with `debug` also where in the code. Ends in a line feed. A
 * name in a foreign file may stand in it: nothing that a terminal obeys comes out.
 */
export function errorText(error: unknown, debug: boolean): string {
  const message = sentenceOf(error);
  const trace = debug && error instanceof Error ? `\n${error.stack ?? ""}${causes(error.cause)}` : "";
  const hint =
    !debug && exitCodeOf(error) === ExitCode.failed ? "\n         (run it again with --debug for the stack trace)" : "";
  return `ballast: ${cleanLines(message + trace)}${hint}\n`;
}

/** What Temporal throws around the error of a workflow or an activity, saying no more than that something failed. */
const WRAPPERS = new Set(["WorkflowFailedError", "ActivityFailure", "ChildWorkflowFailure"]);

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return WRAPPERS.has(error.name) && error.cause instanceof Error ? sentenceOf(error.cause) : error.message;
}

function causes(cause: unknown): string {
  return cause instanceof Error ? `\ncaused by: ${cause.stack ?? cause.message}${causes(cause.cause)}` : "";
}

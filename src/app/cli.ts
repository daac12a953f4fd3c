import { CommanderError, InvalidArgumentError } from "commander";
import { errorText, ExitCode, exitCodeOf } from "./commandError.ts";
import { fitWrites } from "./outputEdge.ts";
import { programFor, WITH_DEBUG } from "./commands/program.ts";

async function main(args: readonly string[]): Promise<void> {
  const debug = args.includes(WITH_DEBUG) || Boolean(process.env["BALLAST_DEBUG"]);
  try {
    const program = await programFor(args.find((arg) => !arg.startsWith("-")));
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    // Commander has printed what it found wrong itself; an argument that a command found wrong later is still to be
    // told.
    const told = error instanceof CommanderError && !(error instanceof InvalidArgumentError);
    if (!told) process.stderr.write(errorText(error, debug));
    process.exitCode = exitCodeOf(error);
  }
}

// Whoever can write a data folder can list a key of their own: no file or folder made here is for others to write.
process.umask(process.umask() | 0o022);

// Whoever reads the output may stop reading, as `head` does. A line that a full disk does not take is lost, and no site
// stands still for it.
let isToldOfLoss = false;
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") process.exit(ExitCode.ok);
  process.exitCode = ExitCode.failed;
  if (!isToldOfLoss) process.stderr.write(`ballast: output could not be written and is lost: ${message}\n`);
  isToldOfLoss = true;
});
process.stderr.on("error", () => void (process.exitCode = ExitCode.failed));

// Set before a command is loaded: the color library also colors for a CI, whose logs are no terminal.
if (!process.stdout.isTTY && !process.env["FORCE_COLOR"]) process.env["NO_COLOR"] = "1";

// What a script reads stays one line.
if (!process.argv.includes("--json")) fitWrites(process.stdout);
fitWrites(process.stderr);

await main(process.argv.slice(2));

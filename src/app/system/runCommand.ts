import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../local/places.mjs";
import { cleanText } from "../../domain/units/foreignText.ts";
import { childEnv } from "../stack/childEnv.ts";

const CLI = join(projectRoot, "src", "app", "cli.ts");
const END_WITH_PARENT = pathToFileURL(join(projectRoot, "src", "local", "endWithParent.mjs")).href;
const SAID_MAX = 4_000;

/** How a command ended: its exit code, 128 after a signal, and what it said at the end of its output and its errors. */
export interface RanCommand {
  readonly code: number;
  readonly said: string;
}

/**
 * Runs one command of `bin/ballast` in a process of its own, which ends with this one, however that goes, and when
 * `signal` aborts. Resolves without waiting for it then: it may hang in the file system. @throws Error when it cannot
 * be started
 */
export function runCommand(args: readonly string[], signal: AbortSignal): Promise<RanCommand> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", END_WITH_PARENT, CLI, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: childEnv({ BALLAST_LIFELINE: "3" }),
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => void (said = (said + text).slice(-SAID_MAX)));
    // a message that the command has broken for a terminal is one line again
    const end = (code: number): void =>
      resolve({
        code,
        said: cleanText(
          said
            .replaceAll(/\s+/g, " ")
            .trim()
            .replace(/^ballast: /, ""),
          SAID_MAX,
        ),
      });
    // the child closed its end: its exit says the rest
    child.stdio[3]?.on("error", () => undefined);
    child.once("error", reject);
    child.once("close", (code) => end(code ?? 128));
    const stop = (): void => {
      child.kill("SIGTERM");
      child.unref();
      end(128);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    child.once("close", () => signal.removeEventListener("abort", stop));
  });
}

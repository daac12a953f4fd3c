import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export type SpokenProcess = ChildProcessByStdio<null, Readable, Readable>;

/** Starts a program whose first line on standard output says that it is ready. */
export function spawnSpeaking(program: string, args: string[], env: NodeJS.ProcessEnv = {}): SpokenProcess {
  return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
}

/** The first line that it prints. @throws Error with all that it wrote to standard error when it ends before one. */
export async function firstLine(speaking: SpokenProcess): Promise<string> {
  let said = "";
  speaking.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(speaking, "close").then(([code, signal]) => {
    throw new Error(`process ${speaking.pid} ended with ${code ?? signal} before its first line:\n${said}`);
  });
  ended.catch(() => {}); // after the first line its end is the caller's own
  const [line] = (await Promise.race([ended, once(createInterface({ input: speaking.stdout }), "line")])) as [string];
  return line;
}

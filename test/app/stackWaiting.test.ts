import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GuardedChild, startGuarded } from "../../src/app/stack/children.ts";
import { freePort } from "../../src/app/stack/ports.ts";
import { openProcessRecord } from "../../src/app/stack/processRecord.ts";
import { untilReady, withFreshPort } from "../../src/app/stack/waiting.ts";

const childPath = new URL("./stackChild.ts", import.meta.url).pathname;
const noAnswer = () => new Promise<boolean>(() => {});

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ballast-waiting-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a server that is waited for", () => {
  it("and does not get its port is started on another, though it says so before a trace of 400 lines", async () => {
    const given: number[] = [];
    const ports = [4101, 4102];
    await withFreshPort(
      async () => ports.shift() as number,
      async (port) => {
        given.push(port);
        const child = await start(port === 4101 ? "panics" : "line");
        await untilReady(child, 20_000, async () =>
          port === 4101 ? await noAnswer() : await child.readiness.then(() => true),
        );
        await child.stop();
      },
    );
    expect(given).toEqual([4101, 4102]);
  });

  it("is given up with its first and its last words, the trace between them left out", async () => {
    const child = await start("panics");
    const error = await untilReady(child, 20_000, noAnswer).then(() => "ready", String);
    expect(error).toMatch(
      /panics ended with exit code 2[^]*address already in use\npanic: nil pointer\n[^]*\n\.\.\.\n[^]*server\.go:181\)/,
    );
    expect(error.split("\n").length).toBeLessThan(30);
  });

  it("counts as ended, not as refusing, when another program on its port refuses in its place", async () => {
    const refused = async () => {
      throw new Error("password authentication failed");
    };
    await expect(untilReady(await start("panics"), 20_000, refused)).rejects.toThrow(/panics ended with exit code 2/);
  });

  it("whose refusal is its own passes it on and is ended", async () => {
    const child = await start("stubborn", 200);
    await child.readiness;
    await expect(
      untilReady(child, 20_000, () => Promise.reject(new Error("password authentication failed"))),
    ).rejects.toThrow("password authentication failed");
    expect(await child.exited).toBe(128);
  });

  it("and takes a question without ever answering is ended when its time is over", async () => {
    const child = await start("line");
    await expect(untilReady(child, 300, noAnswer)).rejects.toThrow(/line did not answer within 0.3 s; see .*line\.log/);
    await child.exited;
  });
});

describe("a free port", () => {
  it("goes to the server that asks for it by number", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    expect(server.listening).toBe(true);
    server.close();
  });

  it.runIf(process.platform === "linux")(
    "stays reserved from those who ask for any port, by an end in TIME-WAIT (needs Linux)",
    async () => {
      const local = `0100007F:${(await freePort()).toString(16).toUpperCase().padStart(4, "0")}`;
      const timeWait = "06";
      const states = readFileSync("/proc/net/tcp", "utf8")
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .filter((fields) => fields[1] === local)
        .map((fields) => fields[3]);
      expect(states).toEqual([timeWait]);
    },
  );
});

async function start(habit: string, graceMs = 1000): Promise<GuardedChild> {
  const program = {
    name: habit,
    program: process.execPath,
    args: [childPath, habit],
    cwd: folder,
    env: { PATH: "/usr/bin:/bin" },
    logFile: join(folder, `${habit}.log`),
    endSignal: "SIGTERM",
    graceMs,
    node: true,
  } as const;
  return await startGuarded({ ...program, args: [...program.args] }, openProcessRecord(folder));
}

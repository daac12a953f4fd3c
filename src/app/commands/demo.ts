import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError } from "commander";
import { wallToInstant } from "../../domain/market/calendar.ts";
import { DEMO_DAY, DEMO_SEED, demoPrices, demoScript } from "../session/demoDay.ts";
import { demoScenes } from "../session/demoScenes.ts";
import { demoBreakerTrips, tripScene } from "../session/tripScene.ts";
import { loadBook } from "../worker/loadBook.ts";
import { outputWidth } from "../outputEdge.ts";
import { bookSession } from "../session/marketSession.ts";
import { bookText, isWhole, sessionSummary } from "../session/sessionSummary.ts";
import type { AppCommand, CommandOption } from "./command.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** Market seconds per real second while the evening is watched. */
const EVENING_SPEED = 120;

/** `ballast demo`: a synthetic scarcity evening at two sites, from the first price to statements and audits. */
export const demoCommand = {
  name: "demo",
  summary: "watch a scarcity evening, then read statements and an audit",
  description:
    "Runs one synthetic operating day (a scarcity evening with an EEA) at the two sites of config/book, against " +
    "simulated parties on real sockets: ERCOT over HTTP, LuxOS miners over TCP, meters over Modbus/TCP, with a " +
    "real Temporal server and a real PostgreSQL. The quiet hours pass as fast as they can, the evening at --speed.",
  options: [
    speedOption(EVENING_SPEED, `${EVENING_SPEED} in the evening`),
    { flags: "--short", what: "the whole day as fast as it goes" },
    { flags: "--yes", what: "for scripts; the demo asks nothing" },
    {
      flags: "--data <dir>",
      what: "folder for data, logs and the audit bundle",
      standard: join(ROOT, ".data", "demo"),
    },
    { flags: "--json", what: "one JSON object at the end instead of text" },
  ],
  help:
    "\nExamples:\n  ballast demo                  the day in about eight minutes\n  ballast demo --speed 600  " +
    "    the same evening faster: same decisions, same statements\n" +
    "  ballast demo --short --json   for a script\n\n" +
    "Exit codes: 0 the audit holds; 1 it does not, or a statement is refused; 130 Ctrl-C.",
  examples: [{ call: "ballast demo", what: "a scarcity evening: prices, orders, statements, audit" }],
  async run(options: { speed: number; short?: true; data: string; json?: true }) {
    const print = options.json
      ? (line: string) => process.stderr.write(`${line}\n`)
      : (line: string) => console.log(line);
    const dataDir = resolve(options.data);
    const evening = options.short ? null : sessionSpeed(options.speed);
    const { book } = loadBook(join(ROOT, "config", "book"), DEMO_DAY);
    const sessions = await bookSession({
      dataDir,
      day: DEMO_DAY,
      seed: DEMO_SEED,
      print,
      book,
      breakerTrips: demoBreakerTrips(book),
      prices: demoPrices(),
      script: (run, tell) => [...tripScene(run, tell), ...demoScenes(run, tell), ...demoScript(run)],
      speed: null,
      paces: [
        { until: wallToInstant({ day: DEMO_DAY, time: "16:30:00", repeatedHour: false }), speed: null },
        { until: wallToInstant({ day: DEMO_DAY, time: "22:00:00", repeatedHour: false }), speed: evening },
      ],
    });
    if (options.json) console.log(JSON.stringify({ sites: sessions.map(sessionSummary) }));
    else console.log(bookText(sessions, outputWidth(process.stdout)));
    if (!sessions.every(isWhole)) process.exitCode = 1;
  },
} satisfies AppCommand;

/**
 * The option `--speed`, market seconds per real second; `max` is Infinity, for commander takes null as no value. Its
 * parser throws InvalidArgumentError on other text. @throws nothing itself
 */
export function speedOption(standard: number, standardText: string): CommandOption {
  return {
    flags: "--speed <n>",
    what: "market seconds per real second, or max",
    standard,
    standardText,
    parse(text) {
      const speed = text === "max" ? Number.POSITIVE_INFINITY : Number(text);
      if (speed > 0 && (text === "max" || Number.isFinite(speed))) return speed;
      throw new InvalidArgumentError(`expected a number above 0 or "max", got "${text}".`);
    },
  };
}

/** A speed as a session takes it: null for as fast as it goes. */
export function sessionSpeed(speed: number): number | null {
  return Number.isFinite(speed) ? speed : null;
}

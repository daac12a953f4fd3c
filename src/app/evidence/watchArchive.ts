import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "../../adapters/postgres/pool.ts";
import { archiveDaysDue } from "../../domain/evidence/archiveDaysDue.ts";
import type { OperatingDay } from "../../domain/market/model.ts";
import { thrownText } from "../../domain/units/foreignText.ts";
import { instantFromMs } from "../../domain/units/instant.ts";
import { ExitCode } from "../commandError.ts";
import { type RanCommand, runCommand } from "../system/runCommand.ts";
import { readRunFile } from "../system/runFolder.ts";
import { ageText } from "../timeText.ts";
import { archiveRetrySeconds } from "./archiveRetrySeconds.ts";
import { archiveOwedSince, keepDaysOf } from "./retention.ts";

const LOOK_EVERY_MS = 60_000;
/** Then the next look goes on: a year that was missed is no reason to be busy for hours. */
const TURNS_A_LOOK = 7;

/** Whose documents a watch takes to the archive, whom it tells, and how long it lasts. */
export interface ArchiveWatch {
  readonly dataDir: string;
  readonly pool: Pool;
  readonly say: (line: string) => void;
  readonly alarm: (problem: string) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 by the market's clock, which is the real one where sites run by schedule. */
  readonly nowMs?: () => number;
  /** A minute unless given. */
  readonly everyMs?: number;
  /** One day's turn; `ballast archive` in a process of its own unless given. */
  readonly turn?: (day: OperatingDay) => Promise<RanCommand>;
}

/**
 * Takes old documents to the archive as the run's configuration says, day after day, until `signal` aborts: each turn
 * in a process of its own, for a disk that hangs, or gzip at work, would hold up this one. What fails is told, and
 * tried again 5 min later, then after twice as long each time, to 6 h; it throws nothing.
 */
export async function watchArchive(watch: ArchiveWatch): Promise<void> {
  const { dataDir, pool, say, alarm, signal, nowMs = Date.now, everyMs = LOOK_EVERY_MS } = watch;
  const turn = watch.turn ?? ((day) => runCommand(["archive", "--run", dataDir, "--day", day], signal));
  let [failures, notBeforeMs] = [0, 0];
  while (!signal.aborted) {
    if (nowMs() >= notBeforeMs)
      try {
        for (let turns = 0; turns < TURNS_A_LOOK; turns++) {
          const day = await dayDue(dataDir, pool, nowMs());
          if (day === undefined) break;
          const { code, said } = await turn(day);
          if (signal.aborted || code === ExitCode.no) break;
          if (code !== ExitCode.ok) throw turnFailed(said, code);
          say(`Archive of ${day}: ${said}`);
          failures = 0;
        }
      } catch (error) {
        const seconds = archiveRetrySeconds(++failures);
        notBeforeMs = nowMs() + seconds * 1_000;
        alarm(`old documents do not go to the archive: ${thrownText(error)}; tried again in ${ageText(seconds)}`);
      }
    // an aborted wait ends the watch
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

function turnFailed(said: string, code: number): Error {
  return new Error(`${said || "it ended without a word"} (exit code ${code})`);
}

/** By the run's description, as the command reads it: both mean the same documents. */
async function dayDue(dataDir: string, pool: Pool, nowMs: number): Promise<OperatingDay | undefined> {
  const { archive, deployments } = readRunFile(dataDir);
  if (archive === undefined) return undefined;
  const owedSince = await archiveOwedSince(pool, keepDaysOf(deployments));
  return archiveDaysDue(owedSince, archive.at, instantFromMs(nowMs), 1)[0]?.day;
}

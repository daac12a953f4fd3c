import { archiveDaysDue } from "../domain/evidence/archiveDaysDue.ts";
import type { OperatingDay } from "../domain/market/model.ts";
import { addSeconds, type Instant } from "../domain/units/instant.ts";
import type { ArchiveRun } from "../ports/archiveRun.ts";

/** A turn may take hours on a slow disk, or be tried again. */
const OVERDUE_SECONDS = 21_600;
/** By hand it is done when somebody thinks of it. */
const BY_HAND_SECONDS = 7 * 86_400;

/** How the archive of a run's documents stands. */
export interface ArchiveNow {
  /** Where documents go by schedule; absent where only somebody takes them by hand. */
  readonly folder?: string;
  /** The oldest turn that is due and not done. */
  readonly due?: { readonly day: OperatingDay; readonly dueAt: Instant };
  /** When the oldest document in the database has to leave it, or had to; absent where there is none. */
  readonly owedSince?: Instant;
  readonly lastRun?: ArchiveRun;
  /** What is wrong, and what to do. */
  readonly problem?: string;
}

/** Joins what is still in the database, and what the last turn came to, with the configuration. */
export function archiveNow(
  settings: { readonly folder: string; readonly at: string } | undefined,
  { owedSince, lastRun }: Pick<ArchiveNow, "owedSince" | "lastRun">,
  now: Instant,
): ArchiveNow {
  const [due] = settings === undefined ? [] : archiveDaysDue(owedSince, settings.at, now, 1);
  const { folder } = settings ?? {};
  return { folder, due, owedSince, lastRun, problem: problemOf({ folder, due, owedSince, lastRun }, now) };
}

function problemOf({ folder, due, owedSince, lastRun }: ArchiveNow, now: Instant): string | undefined {
  const isOwed = folder === undefined ? owedSince !== undefined && owedSince < now : due !== undefined;
  if (!isOwed) return undefined;
  if (lastRun?.problem !== undefined) return lastRun.problem;
  if (due !== undefined)
    return addSeconds(due.dueAt, OVERDUE_SECONDS) > now
      ? undefined
      : `the turn of ${due.day} is not done: \`ballast start\` does it while it runs, \`ballast archive\` at once`;
  if (owedSince === undefined || addSeconds(owedSince, BY_HAND_SECONDS) > now) return undefined;
  return "old documents stay in the database: name an `archive` in the configuration, or run `ballast archive` daily";
}

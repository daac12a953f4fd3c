import pc from "picocolors";
import type { Instant } from "../../domain/units/instant.ts";
import type { ArchiveNow } from "../../readModels/archiveNow.ts";
import { centralTime } from "../timeText.ts";

/** What is wrong with the archive and since when documents had to go; undefined while nothing is. */
export function archiveProblemText({ problem, owedSince }: ArchiveNow, at: Instant): string | undefined {
  if (problem === undefined) return undefined;
  const since = owedSince === undefined ? "" : ` (documents had to go from ${centralTime(owedSince, at)} on)`;
  return pc.red(`${problem}${since}`);
}

/** Where documents go, and when they last did; undefined where nobody configured it and it was never done. */
export function archiveText({ folder, lastRun }: ArchiveNow, at: Instant): string | undefined {
  if (lastRun === undefined) return folder === undefined ? undefined : `${folder}: nothing has had to go there yet`;
  const { documents, folder: wentTo } = lastRun;
  return `${wentTo}: ${documents} documents at ${centralTime(lastRun.at, at)}`;
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { EvidenceRun } from "../../src/domain/evidence/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { type OpenedRun, openRun } from "../../src/replay/openRun.ts";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** One recorded run: proto JSON, gzip; the digest is that of the bytes inside. */
export interface CorpusHistory {
  readonly file: string;
  readonly workflowType: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly events: number;
  readonly sha256: string;
}

/** The recorded histories of one release. */
export interface Corpus {
  readonly release: string;
  readonly ruleSet: string;
  readonly buildId: string;
  readonly histories: readonly CorpusHistory[];
}

/** Every release with recorded histories, oldest first. */
export function releases(): Corpus[] {
  const folders = readdirSync(FOLDER, { withFileTypes: true })
    .filter((one) => one.isDirectory() && /^\d/.test(one.name))
    .map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return folders.map((name) => JSON.parse(readFileSync(join(FOLDER, name, "corpus.json"), "utf8")) as Corpus);
}

/** Files that lie in a release's folder. */
export function filesOf({ release }: Corpus): string[] {
  return readdirSync(join(FOLDER, release)).sort();
}

/** A recorded history, opened as the audit opens it. */
export function opened(
  { release, buildId }: Corpus,
  { file, workflowId, runId, events, sha256 }: CorpusHistory,
): OpenedRun {
  const bytes = gunzipSync(readFileSync(join(FOLDER, release, file)));
  const run: EvidenceRun = {
    workflowId,
    runId,
    sequence: 1,
    closedAt: "1970-01-01T00:00:00.000Z" as Instant,
    events,
    file,
    digest: sha256,
    chainHash: "",
    previousChainHash: "",
    buildId,
  };
  return openRun(run, bytes);
}

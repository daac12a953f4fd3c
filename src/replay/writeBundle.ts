import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { canonicalJson } from "../domain/evidence/canonicalJson.ts";
import type {
  BundleDocument,
  BundleStatement,
  CommandLedgerRow,
  JournalLedgerRow,
  MeterLedgerRow,
  OperatorLedgerRow,
  RegisterLedgerRow,
  TimelineLedgerRow,
} from "../domain/evidence/ledgers.ts";
import { CHAIN_GENESIS } from "../domain/evidence/chainText.ts";
import { runFile } from "../domain/evidence/linkRun.ts";
import { merkleRoot } from "../domain/evidence/merkleRoot.ts";
import type { BundleManifest, EvidenceFile, EvidenceRun } from "../domain/evidence/model.ts";
import type { SettledDay, SettlementDayInput } from "../domain/settlement/model.ts";
import { paperFiles } from "../domain/statement/papers.ts";
import { type GivenPapers, RENDERERS } from "../domain/statement/renderers/index.ts";
import type { Instant } from "../domain/units/instant.ts";
import { BundleError } from "./bundleFile.ts";
import { bundleGuide, GUIDE } from "./bundleGuide.ts";
import { MANIFEST_DIGEST, manifestDigestText, manifestText } from "./bundle.ts";
import { sha256Hex } from "./hash.ts";
import { signManifest } from "./signature.ts";

/** What goes into an audit bundle. Runs come as linked in the site's chain, with the bytes that were kept at export. */
export interface BundleContent {
  readonly siteId: string;
  readonly createdAt: Instant;
  readonly buildId: string;
  readonly runs:
    | AsyncIterable<{ readonly run: EvidenceRun; readonly bytes: Uint8Array }>
    | Iterable<{ readonly run: EvidenceRun; readonly bytes: Uint8Array }>;
  readonly settlements: readonly { readonly input: SettlementDayInput; readonly result: SettledDay }[];
  /** With the papers as the client was given them. */
  readonly statements: readonly (BundleStatement & GivenPapers)[];
  readonly commands: readonly CommandLedgerRow[];
  /** Public keys with which requests were admitted. */
  readonly operators: readonly OperatorLedgerRow[];
  readonly registers: readonly RegisterLedgerRow[];
  readonly meters: readonly MeterLedgerRow[];
  readonly timeline: readonly TimelineLedgerRow[];
  /** Posted entries of the settled days, day by day as they were posted. */
  readonly journal: readonly JournalLedgerRow[];
  readonly documents: readonly (BundleDocument & { readonly bytes: Uint8Array })[];
  readonly archiveProblem?: string;
  /** Ed25519 private key, PEM: the manifest is signed when given. */
  readonly signingKeyPem?: string;
}

/**
 * Writes an audit bundle into a folder that it makes; only its owner may read it. Who calls it puts the files on disk,
 * and removes what one that failed leaves. Returns the manifest.
 * @throws BundleError when the folder exists (evidence is never overwritten) or cannot be made, or a document's bytes
 * are not those of its hash
 */
export async function writeBundle(dir: string, content: BundleContent): Promise<BundleManifest> {
  await makeNew(resolve(dir));
  return writeFiles(dir, content);
}

async function writeFiles(dir: string, content: BundleContent): Promise<BundleManifest> {
  const write = async (path: string, data: Uint8Array | string): Promise<EvidenceFile> => {
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    await mkdir(dirname(join(dir, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(dir, path), bytes, { mode: 0o600 });
    return { path, digest: sha256Hex(bytes), bytes: bytes.byteLength };
  };
  const runs: EvidenceRun[] = [];
  for await (const { run, bytes } of content.runs) {
    const file = runFile(run.sequence, run.runId);
    await write(file, bytes);
    runs.push({ ...run, file });
  }
  const settlements: EvidenceFile[] = [];
  for (const { input, result } of content.settlements) {
    settlements.push(
      await write(
        `settlements/${input.operatingDay}-v${input.version}.json`,
        `${JSON.stringify({ input, result }, null, 1)}\n`,
      ),
    );
  }
  const statements: EvidenceFile[] = [];
  for (const statement of content.statements) statements.push(...(await writeStatement(statement, write)));
  const { commands, operators, registers, meters, timeline, journal } = content;
  const ledgers: EvidenceFile[] = [];
  for (const [name, rows] of Object.entries({ commands, operators, registers, meters, timeline, journal }))
    ledgers.push(await write(`ledgers/${name}.jsonl`, jsonLines(rows)));
  ledgers.push(await write(GUIDE, bundleGuide(content.siteId)));
  const documents = await writeDocuments(content.documents, write);
  const last = runs.at(-1);
  const manifest: BundleManifest = {
    schema: "ballast.bundle/1",
    siteId: content.siteId,
    createdAt: content.createdAt,
    buildId: content.buildId,
    runs,
    settlements,
    statements,
    ledgers,
    documents,
    headChainHash: last === undefined ? CHAIN_GENESIS : last.chainHash,
    dailyRoots: dailyRoots(runs),
    ...(content.archiveProblem === undefined ? {} : { archiveProblem: content.archiveProblem }),
  };
  const signed = content.signingKeyPem === undefined ? manifest : signManifest(manifest, content.signingKeyPem);
  const text = manifestText(signed);
  await write("manifest.json", text);
  await write(MANIFEST_DIGEST, manifestDigestText(text));
  return signed;
}

type Write = (path: string, data: Uint8Array | string) => Promise<EvidenceFile>;

async function writeStatement(
  { statement, adjustments, ...papers }: BundleContent["statements"][number],
  write: Write,
): Promise<EvidenceFile[]> {
  const names = paperFiles(statement.statementId);
  const put = (name: string, data: string) => write(`statements/${name}`, data);
  const files = [
    await put(names.body, `${JSON.stringify({ statement, adjustments } satisfies BundleStatement, null, 1)}\n`),
  ];
  for (const { format } of RENDERERS) {
    const paper = papers[format];
    if (paper !== undefined) files.push(await put(names[format], paper));
  }
  return files;
}

async function writeDocuments(documents: BundleContent["documents"], write: Write): Promise<EvidenceFile[]> {
  const files = new Map<string, EvidenceFile>();
  const index: BundleDocument[] = [];
  for (const { bytes, ...document } of documents) {
    const { sha256, source, documentId } = document;
    const digest = sha256Hex(bytes);
    if (digest !== sha256)
      throw new BundleError(`document ${source} ${documentId}: expected bytes with SHA-256 ${sha256}, got ${digest}`);
    if (!files.has(sha256)) files.set(sha256, await write(`documents/${sha256}`, bytes));
    index.push(document);
  }
  return [await write("documents/index.json", `${JSON.stringify(index, null, 1)}\n`), ...files.values()];
}

/** Root of each day's runs, by the day (UTC) on which they closed. */
export function dailyRoots(runs: readonly EvidenceRun[]): NonNullable<BundleManifest["dailyRoots"]> {
  const days = new Map<string, string[]>();
  for (const run of runs) {
    const day = run.closedAt.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), run.digest]);
  }
  return [...days].map(([day, digests]) => ({ day, runs: digests.length, root: merkleRoot(digests, sha256Hex) }));
}

function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${canonicalJson(row)}\n`).join("");
}

async function makeNew(dir: string): Promise<void> {
  try {
    await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
    await mkdir(dir, { mode: 0o700 });
  } catch (cause) {
    throw new BundleError(
      `bundle ${dir}: cannot be put there (${(cause as NodeJS.ErrnoException).code}); expected a folder that ` +
        `does not exist yet, evidence is never overwritten`,
      { cause },
    );
  }
}

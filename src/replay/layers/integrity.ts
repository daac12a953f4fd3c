import { chainText, CHAIN_GENESIS } from "../../domain/evidence/chainText.ts";
import { runFile } from "../../domain/evidence/linkRun.ts";
import type { BundleManifest, EvidenceFile, EvidenceRun } from "../../domain/evidence/model.ts";
import { type Bundle, MANIFEST_DIGEST, manifestDigestText, manifestText } from "../bundle.ts";
import { sha256Hex } from "../hash.ts";
import type { LayerLog } from "../layerLog.ts";
import { signatureHolds } from "../signature.ts";
import { dailyRoots } from "../writeBundle.ts";

/** What every bundle holds, if only without a line: leaving a ledger out must not pass for an empty one. */
const WHOLE = [
  "ledgers/commands.jsonl",
  "ledgers/registers.jsonl",
  "ledgers/meters.jsonl",
  "ledgers/timeline.jsonl",
  "ledgers/journal.jsonl",
  "documents/index.json",
];

/** What the auditor was given by another way than the bundle. */
export interface Anchors {
  /** Chain head published earlier. */
  readonly head?: string;
  /** Ed25519 public key, PEM. */
  readonly publicKeyPem?: string;
}

/** Files read at once. */
const READ_TOGETHER = 16;

/**
 * The manifest against its own digest and its one written form, the chain of runs recomputed from it, its head against
 * the one published earlier, the signature, and digest and length of every file that is not a run. Bytes of runs are
 * held against their digest as they are opened (`checkRunBytes`).
 *
 * What binds the bytes of a manifest: the entries of the runs and the head are bound by the chain, so by a published
 * head; digests by the files; site, paths, daily roots by what they must be. The rest (`createdAt`, `buildId`, and
 * every file that is no run, once its digest is put right with it) is bound by `manifest.sha256`, which a forger can
 * write anew, and by the signature, which he cannot.
 */
export async function checkIntegrity(bundle: Bundle, anchors: Anchors, log: LayerLog): Promise<void> {
  const { manifest } = bundle;
  await checkManifestBytes(bundle, log);
  checkChain(manifest, log);
  checkAnchors(manifest, anchors, log);
  const files = [manifest.settlements, manifest.statements, manifest.ledgers, manifest.documents].flat();
  for (let i = 0; i < files.length; i += READ_TOGETHER) {
    const together = files.slice(i, i + READ_TOGETHER);
    const contents = await Promise.all(together.map(({ path }) => bundle.read(path)));
    together.forEach((file, n) => checkFile(file, contents[n]!, log));
  }
  const listed = new Set([...manifest.ledgers, ...manifest.documents].map(({ path }) => path));
  for (const path of WHOLE) log.same(`manifest.json lists ${path}`, true, listed.has(path));
  const rootsNow = JSON.stringify(dailyRoots(manifest.runs));
  if (manifest.dailyRoots !== undefined)
    log.same("manifest.json dailyRoots", rootsNow, JSON.stringify(manifest.dailyRoots));
}

function checkFile({ path, digest, bytes }: EvidenceFile, content: Uint8Array, log: LayerLog): void {
  log.same(`${path} digest`, digest, sha256Hex(content));
  if (bytes !== content.byteLength)
    log.find(`${path} length`, `${bytes} bytes (manifest)`, `${content.byteLength} bytes`);
}

async function checkManifestBytes({ manifest, manifestBytes, read, paths }: Bundle, log: LayerLog): Promise<void> {
  log.same(
    "manifest.json digest",
    manifestDigestText(manifestBytes),
    Buffer.from(await read(MANIFEST_DIGEST)).toString("latin1"),
  );
  log.same("manifest.json written in its one form", true, Buffer.from(manifestText(manifest)).equals(manifestBytes));
  const lists = [manifest.settlements, manifest.statements, manifest.ledgers, manifest.documents].flat();
  const listed = new Set([
    "manifest.json",
    MANIFEST_DIGEST,
    ...manifest.runs.map(({ file }) => file),
    ...lists.map(({ path }) => path),
  ]);
  log.same("manifest.json lists each file once", manifest.runs.length + lists.length + 2, listed.size);
  const others = (await paths()).filter((path) => !listed.has(path));
  if (others.length > 0)
    log.note(
      `${others.length} files in the folder are not in its table of contents and were not looked at, first ` +
        `${others[0]}`,
    );
}

/** Stored bytes of one run against the manifest. */
export function checkRunBytes(run: EvidenceRun, bytes: Uint8Array, log: LayerLog): void {
  log.same(`${run.file} digest`, run.digest, sha256Hex(bytes));
}

function checkChain(manifest: BundleManifest, log: LayerLog): void {
  let previous: EvidenceRun | undefined;
  for (const run of manifest.runs) {
    const before =
      previous === undefined ? (run.sequence === 1 ? CHAIN_GENESIS : run.previousChainHash) : previous.chainHash;
    log.same(`run ${run.sequence} file`, runFile(run.sequence, run.runId), run.file);
    log.same(`${run.file} workflow id`, `site/${manifest.siteId}`, run.workflowId);
    log.same(`${run.file} previousChainHash`, before, run.previousChainHash);
    log.same(`${run.file} chainHash`, sha256Hex(chainText(run.previousChainHash, run.digest, run)), run.chainHash);
    previous = run;
  }
  log.same(
    "manifest.json headChainHash",
    previous === undefined ? CHAIN_GENESIS : previous.chainHash,
    manifest.headChainHash,
  );
  const first = manifest.runs[0];
  if (first !== undefined && first.sequence !== 1)
    log.note(`the bundle starts at run ${first.sequence} of the chain; what came before is taken on its word`);
}

function checkAnchors(manifest: BundleManifest, { head, publicKeyPem }: Anchors, log: LayerLog): void {
  if (head === undefined)
    log.note("no chain head from elsewhere was given: whoever holds the bundle could have rewritten it whole");
  else {
    log.check();
    // an earlier head is met on the way to a longer chain
    if (!manifest.runs.some((run) => run.chainHash === head))
      log.find(
        "manifest.json chain",
        `the published head ${head}`,
        `not in a chain that ends at ${manifest.headChainHash}`,
      );
  }
  if (publicKeyPem === undefined) {
    log.note(
      manifest.signature === undefined
        ? "the bundle is not signed: a head binds the histories, not registers and books that were remade to agree"
        : `the bundle is signed (key ${manifest.signature.keyId}); give the public key to check it`,
    );
    return;
  }
  log.check();
  if (!signatureHolds(manifest, publicKeyPem))
    log.find(
      "manifest.json signature",
      "a signature by the given key",
      manifest.signature === undefined ? "none" : `one that does not hold (key ${manifest.signature.keyId})`,
    );
}

import { chainText, CHAIN_GENESIS } from "../../domain/evidence/chainText.ts";
import type { BundleManifest, EvidenceRun } from "../../domain/evidence/model.ts";
import type { Bundle } from "../bundle.ts";
import { sha256Hex } from "../hash.ts";
import type { LayerLog } from "../layerLog.ts";
import { signatureHolds } from "../signature.ts";
import { dailyRoots } from "../writeBundle.ts";

/** What every bundle holds, if only without a line: leaving a ledger out must not pass for an empty one. */
const WHOLE = ["ledgers/commands.jsonl", "ledgers/registers.jsonl", "ledgers/meters.jsonl", "ledgers/timeline.jsonl", "documents/index.json"];

/** What the auditor was given by another way than the bundle. */
export interface Anchors {
  /** Chain head published earlier. */
  readonly head?: string;
  /** Ed25519 public key, PEM. */
  readonly publicKeyPem?: string;
}

/**
 * The chain of runs recomputed from the manifest, its head against the one published earlier, the signature, and the digest of every
 * file that is not a run. Bytes of runs are held against their digest as they are opened (`checkRunBytes`).
 */
export async function checkIntegrity(bundle: Bundle, anchors: Anchors, log: LayerLog): Promise<void> {
  const { manifest } = bundle;
  checkChain(manifest, log);
  checkAnchors(manifest, anchors, log);
  for (const list of [manifest.settlements, manifest.statements, manifest.ledgers, manifest.documents]) {
    for (const { path, digest } of list) log.same(`${path} digest`, digest, sha256Hex(await bundle.read(path)));
  }
  const listed = new Set([...manifest.ledgers, ...manifest.documents].map(({ path }) => path));
  for (const path of WHOLE) log.same(`manifest.json lists ${path}`, true, listed.has(path));
  const rootsNow = JSON.stringify(dailyRoots(manifest.runs));
  if (manifest.dailyRoots !== undefined) log.same("manifest.json dailyRoots", rootsNow, JSON.stringify(manifest.dailyRoots));
}

/** Stored bytes of one run against the manifest. */
export function checkRunBytes(run: EvidenceRun, bytes: Uint8Array, log: LayerLog): void {
  log.same(`${run.file} digest`, run.digest, sha256Hex(bytes));
}

function checkChain(manifest: BundleManifest, log: LayerLog): void {
  let previous: EvidenceRun | undefined;
  for (const run of manifest.runs) {
    const before = previous === undefined ? (run.sequence === 1 ? CHAIN_GENESIS : run.previousChainHash) : previous.chainHash;
    log.same(`${run.file} previousChainHash`, before, run.previousChainHash);
    log.same(`${run.file} chainHash`, sha256Hex(chainText(run.previousChainHash, run.digest, run)), run.chainHash);
    previous = run;
  }
  log.same("manifest.json headChainHash", previous === undefined ? CHAIN_GENESIS : previous.chainHash, manifest.headChainHash);
  const first = manifest.runs[0];
  if (first !== undefined && first.sequence !== 1) log.note(`the bundle starts at run ${first.sequence} of the chain; what came before is taken on its word`);
}

function checkAnchors(manifest: BundleManifest, { head, publicKeyPem }: Anchors, log: LayerLog): void {
  if (head === undefined) log.note("no chain head from elsewhere was given: whoever holds the bundle could have rewritten it whole");
  else {
    log.check();
    // an earlier head is met on the way to a longer chain
    if (!manifest.runs.some((run) => run.chainHash === head)) log.find("manifest.json chain", `the published head ${head}`, `not in a chain that ends at ${manifest.headChainHash}`);
  }
  if (publicKeyPem === undefined) {
    log.note(manifest.signature === undefined ? "the bundle is not signed" : `the bundle is signed (key ${manifest.signature.keyId}); give the public key to check it`);
    return;
  }
  log.check();
  if (!signatureHolds(manifest, publicKeyPem)) log.find("manifest.json signature", "a signature by the given key", manifest.signature === undefined ? "none" : `one that does not hold (key ${manifest.signature.keyId})`);
}

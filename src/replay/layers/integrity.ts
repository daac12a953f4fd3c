import { chainText, CHAIN_GENESIS } from "../../domain/evidence/chainText.ts";
import { runFile } from "../../domain/evidence/linkRun.ts";
import type { BundleManifest, EvidenceFile, EvidenceRun } from "../../domain/evidence/model.ts";
import { sameValue } from "../../domain/units/sameValue.ts";
import type { Anchors } from "../auditedSite.ts";
import { type Bundle, MANIFEST_DIGEST, manifestDigestText, manifestText } from "../bundle.ts";
import { shown } from "../firstDifference.ts";
import { sha256Hex } from "../hash.ts";
import type { LayerLog } from "../layerLog.ts";
import { readOrFind, unreadable } from "../readOrFind.ts";
import { keyIdOfPublic, signatureHolds } from "../signature.ts";
import { dailyRoots } from "../writeBundle.ts";
import { checkGap } from "../openGap.ts";
import { checkGuide } from "./guide.ts";
import type { AuditLayer } from "./layer.ts";

/** What every bundle holds, if only without a line: leaving a ledger out must not pass for an empty one. */
const WHOLE = [
  "ledgers/commands.jsonl",
  "ledgers/operators.jsonl",
  "ledgers/registers.jsonl",
  "ledgers/meters.jsonl",
  "ledgers/timeline.jsonl",
  "ledgers/journal.jsonl",
  "documents/index.json",
];

/**
 * The manifest against its own digest and its one written form, the chain of runs recomputed from it, its head against
 * the one published earlier, the signature, and digest and length of every file that is not a run. Bytes of runs are
 * held against their digest as they are opened.
 *
 * What binds the bytes of a manifest: the entries of the runs and the head are bound by the chain, so by a published
 * head; digests by the files; site, paths, daily roots by what they must be. The rest (`createdAt`, `buildId`, and
 * every file that is no run, once its digest is put right with it) is bound by `manifest.sha256`, which a forger can
 * write anew, and by the signature, which he cannot.
 *
 * Returns false, and looks at no other file, when a key was given and the manifest is not what its holder signed. Any
 * other file that is missing or changed is a finding, and the rest is checked.
 */
async function checkIntegrity(bundle: Bundle, anchors: Anchors, log: LayerLog): Promise<boolean> {
  const { manifest } = bundle;
  const itself = await checkManifestBytes(bundle, log);
  checkChain(manifest, log);
  const signed = checkAnchors(manifest, anchors, log);
  if (anchors.publicKeyPem !== undefined && !(itself && signed)) {
    log.note("nothing but the manifest was looked at: it is not what the holder of the given key signed");
    return false;
  }
  const files = [manifest.settlements, manifest.statements, manifest.ledgers, manifest.documents].flat();
  for (const file of files) {
    const content = await readOrFind(bundle, file.path, log);
    if (content !== undefined) checkFile(file, content, log);
  }
  const listed = new Set([...manifest.ledgers, ...manifest.documents].map(({ path }) => path));
  for (const path of WHOLE) log.same(`manifest.json lists ${path}`, true, listed.has(path));
  if (manifest.dailyRoots !== undefined) {
    log.check();
    const rootsNow = dailyRoots(manifest.runs);
    if (!sameValue(rootsNow, manifest.dailyRoots))
      log.find("manifest.json dailyRoots", shown(rootsNow), shown(manifest.dailyRoots));
  }
  return true;
}

function checkFile({ path, digest, bytes }: EvidenceFile, content: Uint8Array, log: LayerLog): void {
  log.same(`${path} digest`, digest, sha256Hex(content));
  if (bytes !== content.byteLength)
    log.find(`${path} length`, `${bytes} bytes (manifest)`, `${content.byteLength} bytes`);
}

/** Whether the manifest's own digest says nothing against it. */
async function checkManifestBytes(bundle: Bundle, log: LayerLog): Promise<boolean> {
  const { manifest, manifestBytes, paths } = bundle;
  const expected = manifestDigestText(manifestBytes);
  const digestBytes = await readOrFind(bundle, MANIFEST_DIGEST, log);
  const digest = digestBytes === undefined ? undefined : Buffer.from(digestBytes).toString("latin1");
  if (digest !== undefined) log.same("manifest.json digest", expected, digest);
  log.same("manifest.json written in its one form", true, Buffer.from(manifestText(manifest)).equals(manifestBytes));
  const lists = [manifest.settlements, manifest.statements, manifest.ledgers, manifest.documents].flat();
  const listed = new Set([
    "manifest.json",
    MANIFEST_DIGEST,
    ...manifest.runs.map(({ file }) => file),
    ...lists.map(({ path }) => path),
  ]);
  const others = (await paths()).filter((path) => !listed.has(path));
  if (others.length > 0)
    log.note(
      `${others.length} files in the folder are not in its table of contents and were not looked at, first ` +
        `${others[0]}`,
    );
  return digest === undefined || digest === expected;
}

/** Stored bytes of one run against the manifest. */
function checkRunBytes(run: EvidenceRun, bytes: Uint8Array, log: LayerLog): void {
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

/** Whether the signature holds; true when no key was given. */
function checkAnchors(manifest: BundleManifest, { head, publicKeyPem }: Anchors, log: LayerLog): boolean {
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
    return true;
  }
  log.check();
  const holds = signatureHolds(manifest, publicKeyPem);
  if (!holds)
    log.find(
      "manifest.json signature",
      "a signature by the given key",
      brokenText(manifest.signature?.keyId, keyIdOfPublic(publicKeyPem)),
    );
  return holds;
}

/** A key of another site is a mistake; the right key and a signature that does not hold is none. */
function brokenText(keyId: string | undefined, givenKeyId: string): string {
  if (keyId === undefined) return "none";
  return keyId === givenKeyId
    ? `one of this key (${keyId}) that does not hold: the manifest was changed after it was signed`
    : `one by key ${keyId}; the given key is ${givenKeyId}: is it the key of this site?`;
}

export const integrity = {
  name: "integrity",
  what: "files match their digests, the chain of runs is unbroken",
  needs: "files",
  dependsOnBuild: false,
  check: ({ bundle, anchors, buildId }, log) => ({
    async files() {
      if (!(await checkIntegrity(bundle, anchors, log))) return "end";
      await checkGuide(bundle, buildId, log);
      return "go on";
    },
    unread: ({ file }, problem) => unreadable(file, problem, log),
    stored: (run, bytes) => checkRunBytes(run, bytes, log),
    gap: (gap) => checkGap(gap, bundle.manifest.siteId, anchors, log),
  }),
} as const satisfies AuditLayer;

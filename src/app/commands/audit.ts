import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SitePlan } from "../../domain/decision/model.ts";

import type { Bundle } from "../../replay/bundle.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import type { SettlementPoint } from "../../domain/market/settlementPoint.ts";
import type { AppCommand } from "./command.ts";

interface AuditOptions {
  readonly head?: string;
  readonly publicKey?: string;
  readonly archive?: string;
  readonly json?: boolean;
}

const WORKFLOWS = fileURLToPath(new URL("../../../workflows/index.ts", import.meta.url));
const HASH = /^[0-9a-f]{64}$/i;

const HELP = `
What it does:
  Checks an audit bundle without any server or credential: files against their digests, the chain of runs, each history
  replayed on this program's workflow code, every decision made again from its inputs, every market value against its
  kept document, every command against a decision, every settlement and statement to the last 10^-8 USD. The verdict
  also says what no layer can show.
  --head is the chain head as it was published earlier, outside the bundle. --public-key is the Ed25519 key (PEM) of
  whoever signs the manifests: the audit stops at a manifest that this key did not sign. A private key is refused.

  A bundle without a closed run does not hold. Links, pipes and devices are not opened, and no file is read beyond the
  length that the manifest gives.

Prints one line a layer, every finding, and the verdict. Progress goes to standard error. With --json:
  {"ok", "subject": {"siteId", "settledDays", "headChainHash", "headGiven", "keyId", "keyGiven"},
  "layers": [{"layer", "what", "checked", "findings": [{"where", "expected", "found"}]}]}

Exit codes: 0 it holds; 1 it does not, and the first mismatch is on standard error; 2 the bundle's manifest is missing
  or malformed, or the key cannot be read.

Examples:
  ballast audit .data/demo/bundles/pecan-draw-2026-08-18
  ballast audit bundle --head 9f2c...e1 --public-key host.pem
  ballast audit bundle --json | jq .layers[].layer`;

/** `ballast audit`: checks an audit bundle offline. */
export const auditCommand = {
  name: "audit",
  summary: "check an audit bundle offline, from its bytes to the dollars",
  description: "Checks that decisions, commands and dollars in a bundle follow from its inputs.",
  arguments: [{ name: "<bundle>", what: "the bundle's folder, the one with manifest.json" }],
  options: [
    { flags: "--head <hash>", what: "chain head published earlier: SHA-256, 64 hex digits" },
    { flags: "--public-key <file>", what: "public key of whoever signed the manifest, PEM" },
    { flags: "--archive <dir>", what: "where documents lie that are not in the bundle, as ballast archive wrote it" },
    { flags: "--json", what: "one JSON object instead of text" },
  ],
  help: HELP,
  examples: [{ call: "ballast audit .data/demo/bundles/<bundle>" }],
  run: audit,
} satisfies AppCommand;

async function audit(dir: string, options: AuditOptions): Promise<void> {
  const { head } = options;
  if (head !== undefined && !HASH.test(head))
    throw new CommandError(ExitCode.unusable, `--head: expected 64 hex digits of a SHA-256, got "${head}"`);
  const publicKeyPem = options.publicKey === undefined ? undefined : await publicKeyText(options.publicKey);
  const { auditParsers } = await import("../evidence/auditParsers.ts");
  const { auditBundle } = await import("../../replay/audit.ts");
  const { buildId } = await import("../buildId.ts");
  const { firstMismatch, renderVerdict } = await import("../../replay/renderVerdict.ts");
  const { FolderArchive } = await import("../../adapters/archive/folderArchive.ts");
  const archive = options.archive === undefined ? undefined : new FolderArchive(options.archive);
  if (archive !== undefined && !existsSync(archive.dir))
    throw new CommandError(
      ExitCode.unusable,
      `--archive: ${archive.dir} is not there; name the folder that ballast archive wrote`,
    );
  const verdict = await auditBundle(dir, {
    archive,
    workflowsPath: WORKFLOWS,
    parsers: async (bundle) => auditParsers(await pricePoint(bundle)),
    buildId: buildId(),
    head: head?.toLowerCase(),
    publicKeyPem,
    onProgress: progress(),
  });
  process.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : renderVerdict(verdict));
  if (verdict.ok) return;
  process.exitCode = ExitCode.no;
  process.stderr.write(firstMismatch(verdict));
}

/**
 * Settlement point of the bundle's site, as its first run was started with; the audit holds every price in the
 * histories against the documents read for it.
 */
async function pricePoint(bundle: Bundle): Promise<SettlementPoint> {
  const [{ openRun }, { runStart }] = await Promise.all([
    import("../../replay/openRun.ts"),
    import("../../replay/siteHistory.ts"),
  ]);
  for (const run of bundle.manifest.runs) {
    try {
      const [started] = openRun(run, await bundle.read(run.file)).events;
      const plan = started && (runStart(started).plan as SitePlan | undefined);
      if (plan) return plan;
    } catch {
      continue; // a run that cannot be read is a finding of the audit itself
    }
  }
  return { settlementPoint: "", settlementPointType: "" };
}

/** A line on standard error now and then: rewritten in place on a terminal, one each tenth otherwise. */
function progress(): (done: number, total: number) => void {
  let shown = 0;
  return (done, total) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} runs checked${done === total ? "\n" : ""}`);
    else if (done === total || done - shown >= total / 10) {
      shown = done;
      process.stderr.write(`${done} of ${total} runs checked\n`);
    }
  };
}

/** @throws CommandError for a file that cannot be read or holds no Ed25519 public key, before anything is audited */
async function publicKeyText(file: string): Promise<string> {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (cause) {
    throw new CommandError(
      ExitCode.unusable,
      `--public-key: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); expected a public key in PEM`,
      { cause },
    );
  }
  const { checkPublicKey } = await import("../../replay/signature.ts");
  try {
    checkPublicKey(pem);
  } catch (cause) {
    throw new CommandError(ExitCode.unusable, `--public-key ${file}: ${(cause as Error).message}`, { cause });
  }
  return pem;
}

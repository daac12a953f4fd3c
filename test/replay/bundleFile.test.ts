import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, it } from "vitest";
import type { BundleManifest } from "../../src/domain/evidence/model.ts";
import type { Instant } from "../../src/domain/units/instant.ts";
import { auditBundle } from "../../src/replay/audit.ts";
import { integrity } from "../../src/replay/layers/integrity.ts";
import { MANIFEST_DIGEST, manifestDigestText, manifestText, openBundle } from "../../src/replay/bundle.ts";
import { writeBundle } from "../../src/replay/writeBundle.ts";

const MEGABYTE = 1024 * 1024;
const keys = generateKeyPairSync("ed25519");
const signingKeyPem = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const publicKeyPem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const BALLAST = fileURLToPath(new URL("../../src/app/cli.ts", import.meta.url));

let folder: string;
let dir: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ballast-bundle-"));
  dir = join(folder, "bundle");
  await writeBundle(dir, {
    siteId: "pecan",
    createdAt: "2026-08-19T06:00:00.000Z" as Instant,
    buildId: "test",
    runs: [],
    settlements: [],
    statements: [],
    commands: [],
    operators: [],
    registers: [],
    meters: [],
    timeline: [],
    journal: [],
    documents: [],
    signingKeyPem,
  });
  return () => rmSync(folder, { recursive: true, force: true });
});

/** What the integrity layer finds wrong, by place; ends within 2 s whatever lies in the folder. */
async function findings(key?: string): Promise<Record<string, string>> {
  const { layers } = await auditBundle(dir, { workflowsPath: "", parsers: {}, publicKeyPem: key, layers: [integrity] });
  return Object.fromEntries(layers.flatMap((layer) => layer.findings.map(({ where, found }) => [where, found])));
}

/** Writes another manifest, its digest put right. */
function forge(change: (manifest: any) => unknown): void {
  const manifest = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as unknown;
  const text = manifestText((change(manifest) ?? manifest) as BundleManifest);
  writeFileSync(join(dir, "manifest.json"), text);
  writeFileSync(join(dir, MANIFEST_DIGEST), manifestDigestText(text));
}

/** Puts something else in a ledger's place. */
const replace = (path: string, make: (at: string) => void): void => {
  rmSync(join(dir, path));
  make(join(dir, path));
};

describe("an auditor opens regular files of the bundle and nothing else: the file is a finding, the rest is checked", () => {
  it.each([
    ["a link to another file", /a link/, (at: string) => symlinkSync("/etc/hostname", at)],
    ["a pipe that nobody writes to", /no regular file/, (at: string) => void execFileSync("mkfifo", [at])],
    ["a link to a device that never ends", /a link/, (at: string) => symlinkSync("/dev/zero", at)],
    ["a folder", /no regular file/, (at: string) => void execFileSync("mkdir", [at])],
    ["nothing", /ENOENT/, () => undefined],
    [
      "a file of 8 GB where 0 bytes are listed",
      /8589934592 bytes, more than the 0/,
      (at: string) => {
        writeFileSync(at, "");
        truncateSync(at, 8 * 1024 * MEGABYTE);
      },
    ],
  ])("%s", { timeout: 5_000 }, async (_what, found, make) => {
    replace("ledgers/commands.jsonl", make);
    expect(await findings()).toEqual({ "ledgers/commands.jsonl": expect.stringMatching(found) });
  });

  it("a folder of the bundle that is a link leads nowhere", async () => {
    renameSync(join(dir, "ledgers"), join(folder, "elsewhere"));
    symlinkSync(join(folder, "elsewhere"), join(dir, "ledgers"));
    const found = await findings();
    expect(Object.keys(found)).toHaveLength(6);
    for (const text of Object.values(found)) expect(text).toMatch(/a link on its path/);
  });

  it("a file that the manifest lists with 8 GB is not read beyond 256 MB", async () => {
    truncateSync(join(dir, "ledgers/commands.jsonl"), 8 * 1024 * MEGABYTE);
    forge((manifest) => {
      manifest.ledgers[0].bytes = 8 * 1024 * MEGABYTE;
    });
    expect(await findings()).toEqual({
      "ledgers/commands.jsonl": expect.stringMatching(/8589934592 bytes, more than the 268435456/),
    });
  });
});

describe("a malformed manifest is refused with what is wrong, and the command ends with 2", () => {
  const entry = { path: "ledgers/more.jsonl", digest: "ab", bytes: 1 };
  it.each<[string, RegExp, (manifest: any) => unknown]>([
    ["a file twice", /names ledgers\/commands\.jsonl a second time/, (m) => void m.ledgers.push(m.ledgers[0])],
    [
      "the manifest among the files",
      /names manifest\.json a second time/,
      (m) => void m.ledgers.push({ ...entry, path: "manifest.json" }),
    ],
    [
      "a path out of the folder",
      /lies outside the bundle/,
      (m) => void m.ledgers.push({ ...entry, path: "../secret" }),
    ],
    [
      "a path by way of itself",
      /lies outside the bundle/,
      (m) => void m.ledgers.push({ ...entry, path: "./ledgers/commands.jsonl" }),
    ],
    ["an absolute path", /lies outside the bundle/, (m) => void m.ledgers.push({ ...entry, path: "/etc/passwd" })],
    ["a path with NUL", /lies outside the bundle/, (m) => void m.ledgers.push({ ...entry, path: "ledgers/a\0b" })],
    ["no length", /ledgers\[7\]: expected "bytes"/, (m) => void m.ledgers.push({ ...entry, bytes: undefined })],
    ["a length below 0", /expected "bytes"/, (m) => void m.ledgers.push({ ...entry, bytes: -1 })],
    [
      "a run without its texts",
      /runs\[0\]: expected text "workflowId"/,
      (m) => void m.runs.push({ file: "runs/1", digest: "" }),
    ],
    ["null for a file", /documents\[1\]: expected text "path"/, (m) => void m.documents.push(null)],
    ["a signature that is a number", /signature: expected text "algorithm"/, (m) => void (m.signature = 7)],
    ["another schema", /expected schema "ballast\.bundle\/1", got "\\u001b\[2J"/, (m) => void (m.schema = "\u001b[2J")],
    ["no object", /expected schema "ballast\.bundle\/1", got none/, () => []],
    [
      "its prototype for a list",
      /expected a list "runs"/,
      (m) => JSON.parse(JSON.stringify({ ...m, runs: undefined }).replace("{", '{"__proto__":{"runs":[]},')),
    ],
  ])("%s", async (_what, message, change) => {
    forge(change);
    await expect(openBundle(dir)).rejects.toThrow(message);
  });

  it("nested 100,000 deep, or no JSON, on the command line", () => {
    for (const [text, message] of [
      ["[".repeat(100_000), /manifest\.json: expected JSON in UTF-8: JSON nested deeper than 200/],
      ["{", /manifest\.json: expected JSON in UTF-8/],
    ] as const) {
      writeFileSync(join(dir, "manifest.json"), text);
      const { status, stderr } = spawnSync(process.execPath, [BALLAST, "audit", dir], { encoding: "utf8" });
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });
});

describe("given the key of whoever signed", () => {
  const other = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();

  it("an audit ends at a manifest that somebody else signed, and opens no other file", async () => {
    replace("ledgers/commands.jsonl", (at) => void execFileSync("mkfifo", [at]));
    expect(Object.keys(await findings(other))).toEqual(["manifest.json signature"]);
  });

  it("an audit ends at a manifest that was changed, and at a digest that is not the manifest's", async () => {
    rmSync(join(dir, "ledgers/commands.jsonl"));
    writeFileSync(join(dir, MANIFEST_DIGEST), manifestDigestText("another"));
    expect(Object.keys(await findings(publicKeyPem))).toEqual(["manifest.json digest"]);
    forge((manifest) => {
      manifest.createdAt = "2026-08-20T06:00:00.000Z";
    });
    expect(Object.keys(await findings(publicKeyPem))).toEqual(["manifest.json signature"]);
  });

  it("a missing file or digest file is a finding, and the rest is checked", async () => {
    rmSync(join(dir, MANIFEST_DIGEST));
    rmSync(join(dir, "ledgers/commands.jsonl"));
    writeFileSync(join(dir, "ledgers/meters.jsonl"), "");
    expect(Object.keys(await findings(publicKeyPem))).toEqual([MANIFEST_DIGEST, "ledgers/commands.jsonl"]);
  });
});

it("a bundle is written for its owner alone", () => {
  expect(execFileSync("find", [dir, "-perm", "/077"], { encoding: "utf8" })).toBe("");
});

import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { FolderArchive } from "../../../src/adapters/archive/folderArchive.ts";
import { parseInstant } from "../../../src/domain/units/instant.ts";
import type { KeptDocument } from "../../../src/ports/documentArchive.ts";

const root = mkdtempSync(join(tmpdir(), "ballast-archive-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const DAY = "2026-08-18";

function page(documentId: string, text: string): KeptDocument {
  const bytes = new Uint8Array(Buffer.from(text));
  return {
    source: "dashboard/daily-prc",
    documentId,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    contentType: "application/json",
    fetchedAt: parseInstant("2026-08-18T22:00:20Z"),
    publishedAt: undefined,
    publishedOrAt: undefined,
    bytes,
  };
}

/** What the archive has of a hash, the bytes as text; or its words for what is wrong. */
function foundIn(archive: FolderArchive, { sha256 }: KeptDocument): { text: string; documentIds: string[] } | string {
  const found = archive.find(sha256);
  if ("problem" in found) return found.problem;
  return { text: Buffer.from(found.bytes).toString(), documentIds: found.entries.map((one) => one.documentId) };
}

it("keeps a page so that gunzip and sha256sum alone prove it, and finds it by its hash", () => {
  const one = page("17:00", '{"prc":"3,200"}'.repeat(100));
  const archive = new FolderArchive(join(root, "plain"));
  const written = archive.keep(DAY, [one]);
  expect(written).toBeLessThan(one.bytes.byteLength / 5);
  const file = gunzipSync(readFileSync(join(root, "plain", DAY, `${one.sha256}.gz`)));
  expect(createHash("sha256").update(file).digest("hex")).toBe(one.sha256);
  const { bytes, ...entry } = one;
  expect(new FolderArchive(join(root, "plain")).find(one.sha256)).toMatchObject({
    entries: [JSON.parse(JSON.stringify(entry))],
    bytes: Buffer.from(bytes),
  });
  expect(archive.find("0".repeat(64))).toEqual({ problem: `no index in ${join(root, "plain")} lists it` });
});

it("kept twice is written once, and two documents with the same bytes have a line each", () => {
  const archive = new FolderArchive(join(root, "twice"));
  const [one, same] = [page("17:00", "same"), page("17:01", "same")];
  expect(archive.keep(DAY, [one])).toBeGreaterThan(0);
  expect(archive.keep(DAY, [one, same])).toBe(0);
  expect(foundIn(archive, one)).toEqual({ text: "same", documentIds: ["17:00", "17:01"] });
});

it("a file that was damaged is named with what is wrong with it, and is written again when it is kept again", () => {
  const archive = new FolderArchive(join(root, "damaged"));
  const one = page("17:00", "true");
  archive.keep(DAY, [one]);
  const file = join(root, "damaged", DAY, `${one.sha256}.gz`);
  truncateSync(file, 12);
  expect(foundIn(archive, one)).toBe(`${file} is damaged (Z_BUF_ERROR)`);
  writeFileSync(file, "no gzip");
  expect(foundIn(archive, one)).toBe(`${file} is damaged (Z_DATA_ERROR)`);
  writeFileSync(file, gzipSync("false"));
  expect(foundIn(archive, one)).toContain(`${file} holds other bytes (SHA-256 `);
  rmSync(file);
  expect(foundIn(archive, one)).toBe(`${file} is not there`);
  archive.keep(DAY, [one]);
  expect(foundIn(archive, one)).toMatchObject({ text: "true" });
});

it("a line of the index that a crash cut off costs no other", () => {
  const archive = new FolderArchive(join(root, "cut"));
  const [one, two] = [page("17:00", "one"), page("17:01", "two")];
  archive.keep(DAY, [one]);
  appendFileSync(join(root, "cut", DAY, "index.jsonl"), '{"source":"dashboard/da');
  archive.keep(DAY, [two]);
  for (const kept of [one, two])
    expect(foundIn(new FolderArchive(join(root, "cut")), kept)).toMatchObject({ documentIds: [kept.documentId] });
});

/** Keeps documents in a process of its own, whose files may have so many KiB. */
function keepElsewhere(dir: string, documents: readonly KeptDocument[], limitKib: number) {
  const of = new URL("../../../src/adapters/archive/folderArchive.ts", import.meta.url).href;
  const program =
    `const { FolderArchive } = await import(${JSON.stringify(of)});` +
    `const documents = ${JSON.stringify(documents.map((one) => ({ ...one, bytes: [...one.bytes] })))};` +
    `const kept = documents.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }));` +
    `new FolderArchive(${JSON.stringify(dir)}).keep("${DAY}", kept);`;
  return spawnSync(
    "bash",
    ["-c", `ulimit -f ${limitKib}; exec "$0" "$@"`, process.execPath, "--input-type=module", "-e", program],
    { encoding: "utf8" },
  );
}

it("a disk that takes only a part of a line is an error, and the document is listed when it is kept again", () => {
  const dir = join(root, "full");
  const numbered = (index: number) => page(`${index}`.padStart(100, "0"), "same");
  const { bytes: _bytes, ...entry } = numbered(0);
  // only the last line goes beyond 4 KiB
  const length = Math.floor(4_096 / (JSON.stringify(entry).length + 1)) + 1;
  const documents = Array.from({ length }, (_, index) => numbered(index));
  const { status, stderr } = keepElsewhere(dir, documents, 4);
  expect(stderr).toContain("EFBIG");
  expect(status).not.toBe(0);
  const archive = new FolderArchive(dir);
  const listed = () => foundIn(archive, documents[0]!) as { documentIds: string[] };
  expect(listed().documentIds).toHaveLength(length - 1);
  archive.keep(DAY, documents);
  expect(listed().documentIds).toHaveLength(length);
});

it("a disk without room for a document keeps nothing of it, and what a killed archive left is cleared away", () => {
  const dir = join(root, "no-room");
  const big = { ...page("17:00", ""), bytes: randomBytes(20_000) };
  const sha256 = createHash("sha256").update(big.bytes).digest("hex");
  const { status, stderr } = keepElsewhere(dir, [{ ...big, sha256 }], 4);
  expect(stderr).toContain("EFBIG");
  expect(status).not.toBe(0);
  expect(readdirSync(join(dir, DAY))).toEqual([]);
  writeFileSync(join(dir, DAY, `${sha256}.gz.4711.tmp`), "half");
  new FolderArchive(dir).keep(DAY, [{ ...big, sha256 }]);
  expect(readdirSync(join(dir, DAY)).toSorted()).toEqual([`${sha256}.gz`, "index.jsonl"]);
});

describe("an archive that came back through many hands", () => {
  const dir = join(root, "hands");
  const [one, two] = [page("17:00", "one"), page("17:01", "two")];
  const file = join(dir, DAY, `${one.sha256}.gz`);
  const index = join(dir, DAY, "index.jsonl");

  beforeEach(() => {
    rmSync(dir, { recursive: true, force: true });
    new FolderArchive(dir).keep(DAY, [one, two]);
  });

  it("with a pipe, a link or a folder in a document's place does not hold up its reader, and gives the others", () => {
    for (const [put, said] of [
      [() => execFileSync("mkfifo", [file]), "is no regular file"],
      [() => symlinkSync(join(dir, DAY, `${two.sha256}.gz`), file), "is a link"],
      [() => mkdirSync(file), "is no regular file"],
    ] as const) {
      rmSync(file, { recursive: true });
      put();
      expect(foundIn(new FolderArchive(dir), one)).toBe(`${file} ${said}`);
      expect(foundIn(new FolderArchive(dir), two)).toMatchObject({ text: "two" });
    }
  });

  it("with a document damaged on one day and whole on another gives the whole one", () => {
    new FolderArchive(dir).keep("2026-08-19", [one]);
    truncateSync(file, 3);
    expect(foundIn(new FolderArchive(dir), one)).toEqual({ text: "one", documentIds: ["17:00"] });
  });

  it("with a pipe for an index says so of what that day holds, and takes nothing into that day", () => {
    new FolderArchive(dir).keep("2026-08-19", [two]);
    rmSync(index);
    execFileSync("mkfifo", [index]);
    const archive = new FolderArchive(dir);
    expect(foundIn(archive, one)).toBe(`no index in ${dir} lists it; ${index} is no regular file`);
    expect(foundIn(archive, two)).toMatchObject({ text: "two" });
    expect(() => archive.keep(DAY, [one])).toThrow(`${index} is no regular file`);
  });

  it("with lines that are no entries, and one said twice, gives what the others list", () => {
    const lines = readFileSync(index, "utf8");
    appendFileSync(index, `null\n[]\n{"sha256":"${one.sha256}"}\n${lines}`);
    expect(foundIn(new FolderArchive(dir), one)).toEqual({ text: "one", documentIds: ["17:00"] });
  });

  it("moved whole, or reached by a link to its folder, is the same archive", () => {
    const moved = join(root, "moved");
    rmSync(moved, { recursive: true, force: true });
    renameSync(dir, moved);
    symlinkSync(moved, dir);
    for (const path of [moved, dir]) expect(foundIn(new FolderArchive(path), one)).toMatchObject({ text: "one" });
  });
});

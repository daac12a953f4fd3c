import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
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

it("keeps a page so that gunzip and sha256sum alone prove it, and finds it by its hash", () => {
  const one = page("17:00", '{"prc":"3,200"}'.repeat(100));
  const archive = new FolderArchive(join(root, "plain"));
  const written = archive.keep(DAY, [one]);
  expect(written).toBeLessThan(one.bytes.byteLength / 5);
  const file = gunzipSync(readFileSync(join(root, "plain", DAY, `${one.sha256}.gz`)));
  expect(createHash("sha256").update(file).digest("hex")).toBe(one.sha256);
  const found = new FolderArchive(join(root, "plain")).find(one.sha256);
  expect(Buffer.from(found!.bytes)).toEqual(Buffer.from(one.bytes));
  expect(found!.entries).toMatchObject([{ source: one.source, documentId: "17:00", fetchedAt: one.fetchedAt }]);
  expect(archive.find("0".repeat(64))).toBeUndefined();
});

it("kept twice is written once, and two documents with the same bytes have a line each", () => {
  const archive = new FolderArchive(join(root, "twice"));
  const [one, same] = [page("17:00", "same"), page("17:01", "same")];
  expect(archive.keep(DAY, [one])).toBeGreaterThan(0);
  expect(archive.keep(DAY, [one, same])).toBe(0);
  expect(archive.find(one.sha256)?.entries.map(({ documentId }) => documentId)).toEqual(["17:00", "17:01"]);
});

it("a file that was damaged is not found, and is written again when it is kept again", () => {
  const archive = new FolderArchive(join(root, "damaged"));
  const one = page("17:00", "true");
  archive.keep(DAY, [one]);
  const file = join(root, "damaged", DAY, `${one.sha256}.gz`);
  truncateSync(file, 12);
  expect(archive.find(one.sha256)).toBeUndefined();
  writeFileSync(file, "no gzip");
  expect(archive.find(one.sha256)).toBeUndefined();
  writeFileSync(file, gzipSync("false"));
  expect(archive.find(one.sha256)).toBeUndefined();
  archive.keep(DAY, [one]);
  expect(Buffer.from(archive.find(one.sha256)!.bytes).toString()).toBe("true");
});

it("a line of the index that a crash cut off costs no other", () => {
  const archive = new FolderArchive(join(root, "cut"));
  const [one, two] = [page("17:00", "one"), page("17:01", "two")];
  archive.keep(DAY, [one]);
  appendFileSync(join(root, "cut", DAY, "index.jsonl"), '{"source":"dashboard/da');
  archive.keep(DAY, [two]);
  for (const { sha256, documentId } of [one, two])
    expect(new FolderArchive(join(root, "cut")).find(sha256)?.entries).toMatchObject([{ documentId }]);
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
  expect(archive.find(documents[0]!.sha256)!.entries).toHaveLength(length - 1);
  archive.keep(DAY, documents);
  expect(archive.find(documents[0]!.sha256)!.entries).toHaveLength(length);
});

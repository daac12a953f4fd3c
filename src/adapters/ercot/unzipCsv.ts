import { crc32, inflateRawSync } from "node:zlib";
import { csvOverBudget } from "../../domain/units/csvBudget.ts";
import { PortDataError } from "../../ports/errors.ts";

const UNPACKED_BYTES_MAX = 64 * 1024 * 1024;
const ENTRIES_MAX = 16;
const COLLECTED_MAX = 1_000;
const COLLECTED_BYTES_MAX = 256 * 1024 * 1024;

// APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16: signatures and fixed lengths
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const END_SIGNATURE = Buffer.from("PK\x05\x06", "latin1");
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;

interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly localAt: number;
}

/**
 * The one CSV of a MIS zip, its length and checksum verified; it is never unpacked beyond the length it declares.
 * @throws PortDataError when the zip is truncated or damaged, holds more than 16 entries, no CSV or more than one, one
 * of more than 64 MB, or one beyond the budget of a CSV.
 */
export function unzipCsv(zip: Uint8Array, where: string): string {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    const entries = zipEntries(bytes, ENTRIES_MAX);
    const csv = entries.filter(({ name }) => /\.csv$/i.test(name));
    const [only] = csv;
    if (only === undefined || csv.length > 1)
      throw new PortDataError(
        `${where}: expected one CSV in the zip, found ` +
          `${entries.length === 0 ? "nothing" : entries.map(({ name }) => name).join(", ")}`,
      );
    if (only.unpackedBytes > UNPACKED_BYTES_MAX)
      throw new PortDataError(
        `${where}: ${only.name} declares ${only.unpackedBytes} bytes, more than ${UNPACKED_BYTES_MAX}`,
      );
    const text = unpack(bytes, only).toString("utf8");
    const over = csvOverBudget(text);
    if (over !== undefined) throw new PortDataError(`${where}: ${only.name}: ${over}`);
    return text;
  } catch (error) {
    if (error instanceof PortDataError) throw error;
    throw new PortDataError(
      `${where}: expected a whole zip, found ${zip.byteLength} bytes that are none (${String(error)}); fetch it again`,
      { cause: error },
    );
  }
}

/**
 * Every file of a zip, unpacked, each of at most 64 MB and all together of at most 256 MB, their lengths and checksums
 * verified. @throws PortDataError when the zip is damaged, or larger, or holds more than 1,000 files
 */
export function unzipEntries(
  zip: Uint8Array,
  where: string,
): readonly { readonly name: string; readonly bytes: Uint8Array }[] {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  try {
    const entries = zipEntries(bytes, COLLECTED_MAX);
    const unpacked = entries.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
    const largest = Math.max(0, ...entries.map(({ unpackedBytes }) => unpackedBytes));
    if (largest > UNPACKED_BYTES_MAX || unpacked > COLLECTED_BYTES_MAX)
      throw new PortDataError(`${where}: declares ${unpacked} bytes, more than ${COLLECTED_BYTES_MAX}`);
    return entries.map((entry) => ({ name: entry.name, bytes: unpack(bytes, entry) }));
  } catch (error) {
    if (error instanceof PortDataError) throw error;
    throw new PortDataError(`${where}: expected a whole zip, found ${zip.byteLength} bytes (${String(error)})`, {
      cause: error,
    });
  }
}

/** Files of the central directory. A field that reaches beyond the bytes is a RangeError of the buffer. */
function zipEntries(zip: Buffer, entriesMax: number): ZipEntry[] {
  const end = zip.lastIndexOf(END_SIGNATURE);
  if (end < 0) throw new RangeError("no end of central directory");
  const commentBytes = zip.readUInt16LE(end + 20);
  if (end + END_BYTES + commentBytes !== zip.length) throw new RangeError("the end of the zip is not its last byte");
  const count = zip.readUInt16LE(end + 10);
  if (count > entriesMax) throw new RangeError(`${count} entries, more than ${entriesMax}`);
  let at = zip.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    if (zip.readUInt32LE(at) !== CENTRAL_SIGNATURE) throw new RangeError(`no directory entry at byte ${at}`);
    const nameEnd = at + CENTRAL_BYTES + zip.readUInt16LE(at + 28);
    if (nameEnd > end) throw new RangeError(`a name reaches beyond the directory at byte ${at}`);
    entries.push({
      name: zip.toString("utf8", at + CENTRAL_BYTES, nameEnd),
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      packedBytes: zip.readUInt32LE(at + 20),
      unpackedBytes: zip.readUInt32LE(at + 24),
      localAt: zip.readUInt32LE(at + 42),
    });
    at = nameEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  if (at !== end) throw new RangeError("the directory does not end where the end record begins");
  return entries.filter(({ name }) => !name.endsWith("/"));
}

function unpack(zip: Buffer, { name, flags, method, crc, packedBytes, unpackedBytes, localAt }: ZipEntry): Buffer {
  if (zip.readUInt32LE(localAt) !== LOCAL_SIGNATURE) throw new RangeError(`no entry ${name} at byte ${localAt}`);
  if ((flags & ENCRYPTED_FLAG) !== 0) throw new RangeError(`${name} is encrypted`);
  const from = localAt + LOCAL_BYTES + zip.readUInt16LE(localAt + 26) + zip.readUInt16LE(localAt + 28);
  if (from + packedBytes > zip.length) throw new RangeError(`${name} reaches beyond the end`);
  const packed = zip.subarray(from, from + packedBytes);
  const bytes = method === STORED ? packed : inflated(packed, method, unpackedBytes, name);
  if (bytes.length !== unpackedBytes)
    throw new RangeError(`${name}: expected ${unpackedBytes} bytes, found ${bytes.length}`);
  if (crc32(bytes) !== crc) throw new RangeError(`${name}: the CRC-32 does not match`);
  return bytes;
}

function inflated(packed: Buffer, method: number, unpackedBytes: number, name: string): Buffer {
  if (method !== DEFLATED) throw new RangeError(`${name}: compression method ${method}, expected 0 or 8`);
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
}

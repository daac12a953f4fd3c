import { promisify } from "node:util";
import { gunzipSync, gzip } from "node:zlib";

/** How the bytes of a document are kept: as they came, or gzipped where that is shorter. */
export type Encoding = "identity" | "gzip";

const gzipped = promisify(gzip);
/** First bytes of what is compressed already: a zip, a gzip. */
const COMPRESSED = [Buffer.from("PK\u0003\u0004"), Buffer.from([0x1f, 0x8b])];
/** The highest saves 4 % of the bytes, and takes nearly three times as long. */
const LEVEL = 6;

/** Bytes to keep, compressed beside the event loop. What is compressed already, as a zip is, stays as it came. */
export async function packed(bytes: Uint8Array): Promise<{ readonly encoding: Encoding; readonly bytes: Buffer }> {
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (COMPRESSED.some((start) => own.subarray(0, start.length).equals(start)))
    return { encoding: "identity", bytes: own };
  const zipped = await gzipped(own, { level: LEVEL });
  return zipped.byteLength < own.byteLength
    ? { encoding: "gzip", bytes: zipped }
    : { encoding: "identity", bytes: own };
}

/** The bytes as they came. @throws Error of zlib for what is no gzip, or damaged */
export function unpacked(encoding: Encoding, bytes: Uint8Array): Buffer {
  return encoding === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes);
}

import { gunzipSync, gzipSync } from "node:zlib";

/** How the bytes of a document are kept: as they came, or gzipped where that is shorter. */
export type Encoding = "identity" | "gzip";

/** Bytes to keep. What is compressed already, as a zip is, stays as it came. */
export function packed(bytes: Uint8Array): { readonly encoding: Encoding; readonly bytes: Buffer } {
  const zipped = gzipSync(bytes, { level: 9 });
  return zipped.byteLength < bytes.byteLength
    ? { encoding: "gzip", bytes: zipped }
    : { encoding: "identity", bytes: Buffer.from(bytes) };
}

/** The bytes as they came. @throws Error of zlib for what is no gzip, or damaged */
export function unpacked(encoding: Encoding, bytes: Uint8Array): Buffer {
  return encoding === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes);
}

import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** Far above any document or index of a day. */
const BYTES_MAX = 256 * 1024 * 1024;

/**
 * Bytes of a regular file, or why there are none, as it goes on behind the file's name. Links, pipes and devices are
 * not opened: an archive comes back from backups and through many hands.
 */
export function readRegular(
  path: string,
  bytesMax = BYTES_MAX,
): { readonly bytes: Uint8Array } | { readonly problem: string; readonly isAbsent?: true } {
  let file: number;
  try {
    // without O_NONBLOCK a pipe that nobody writes to would hold the reader forever
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { problem: "is not there", isAbsent: true };
    return { problem: code === "ELOOP" ? "is a link" : `cannot be read (${code})` };
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { problem: "is no regular file" };
    if (stat.size > bytesMax) return { problem: `has ${stat.size} bytes, more than ${bytesMax}` };
    return { bytes: readFileSync(file) };
  } catch (error) {
    return { problem: `cannot be read (${(error as NodeJS.ErrnoException).code})` };
  } finally {
    closeSync(file);
  }
}

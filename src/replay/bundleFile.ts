import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** The folder is no audit bundle, or a file that its manifest names cannot be read: what, where, what was expected. */
export class BundleError extends Error {
  override name = "BundleError";
}

/** Far above any file of a real bundle; what is longer is not read, whatever the manifest says. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Names joined by `/`, none of them empty, `.` or `..`: the only form in which a bundle names its files. */
const PATH_INSIDE = /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/;

/** Whether a path of a manifest names a file inside the bundle in its one form. */
export function isPathInside(path: string): boolean {
  return path.length <= 500 && PATH_INSIDE.test(path);
}

/**
 * Bytes of a regular file inside a folder. Links, pipes and devices are not opened, on no part of the path. A bundle is
 * thousands of small files: each is read at once, for a tenth of what handing it to another thread costs.
 * @param bytesMax its length as far as it may be read
 * @throws BundleError when it is missing, no regular file, longer, or its path leaves the folder
 */
export function readInside(dir: string, path: string, bytesMax: number = FILE_BYTES_MAX): Uint8Array {
  if (!isPathInside(path))
    throw new BundleError(
      `bundle ${dir}: ${JSON.stringify(path)} lies outside the bundle or is not written plainly; expected names ` +
        `joined by "/"`,
    );
  const refuse = (found: string, cause?: unknown): never => {
    throw new BundleError(
      `bundle ${dir}: cannot read ${path} (${found}); expected the folder that \`ballast evidence\` writes, whole`,
      { cause },
    );
  };
  let file: number;
  try {
    const folder = relative(realpathSync.native(dir), realpathSync.native(dirname(join(dir, path))));
    if (folder !== dirname(path).split("/").join(sep).replace(/^\.$/, "")) return refuse("a link on its path");
    // without O_NONBLOCK a pipe that nobody writes to would hold the auditor forever
    file = openSync(join(dir, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    return refuse(code === "ELOOP" ? "a link" : (code ?? message), error);
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return refuse("no regular file");
    if (stat.size > bytesMax) return refuse(`${stat.size} bytes, more than the ${bytesMax} that it may have`);
    return readWhole(file, stat.size);
  } finally {
    closeSync(file);
  }
}

/** As many bytes as the file had when it was opened: what is written to it meanwhile is not read. */
function readWhole(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const bytesRead = readSync(file, bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

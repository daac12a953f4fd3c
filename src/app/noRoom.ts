/** What a file system says where there is no room: on the disk, in a quota, in what a process may write. */
const CODES = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** The file system's code where an error says that there is no room; undefined for any other. */
export function noRoom(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" && CODES.has(code) ? code : undefined;
}

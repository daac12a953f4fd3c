import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

/** What this process has put on disk, and what a loss of power would take of what got its name meanwhile. */
export interface PowerCuts extends Disposable {
  /** Paths in a file or folder whose bytes or names were not on disk when it got its name; ".." is its own name. */
  lostOf(path: string): string[];
}

/** Watches each fsync, rename and link of this process, which go on as they are, until it is disposed of. */
export function powerCuts(): PowerCuts {
  const { fsyncSync, renameSync, linkSync } = fs;
  // an inode's change time moves with its bytes and, of a folder, with its names
  const onDisk = new Map<bigint, bigint>();
  const lost = new Map<string, string[]>();
  const named = (from: fs.PathLike, to: fs.PathLike): void => {
    const target = resolve(String(to));
    const found = pathsOf(resolve(String(from))).filter((path) => {
      const { ino, ctimeNs } = fs.statSync(path, { bigint: true });
      return onDisk.get(ino) !== ctimeNs;
    });
    lost.set(target, [...found.map((path) => relative(String(from), path) || "."), ".."]);
  };
  fs.fsyncSync = (fd) => {
    fsyncSync(fd);
    const { ino, ctimeNs } = fs.fstatSync(fd, { bigint: true });
    onDisk.set(ino, ctimeNs);
    for (const [path, names] of lost)
      if (fs.statSync(dirname(path), { bigint: true, throwIfNoEntry: false })?.ino === ino)
        lost.set(
          path,
          names.filter((name) => name !== ".."),
        );
  };
  fs.renameSync = (from, to) => {
    named(from, to);
    renameSync(from, to);
  };
  fs.linkSync = (from, to) => {
    named(from, to);
    linkSync(from, to);
  };
  syncBuiltinESMExports();
  return {
    lostOf(path) {
      const names = lost.get(resolve(path));
      if (names === undefined) throw new Error(`${path} got its name by no rename and no link`);
      return names;
    },
    [Symbol.dispose]() {
      Object.assign(fs, { fsyncSync, renameSync, linkSync });
      syncBuiltinESMExports();
    },
  };
}

function pathsOf(path: string): string[] {
  if (!fs.statSync(path).isDirectory()) return [path];
  const inner = fs.readdirSync(path, { recursive: true, withFileTypes: true });
  return [path, ...inner.map((entry) => join(entry.parentPath, entry.name))];
}

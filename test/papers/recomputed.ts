import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findPython } from "../support/python.ts";

const PROGRAM = join(import.meta.dirname, "recompute.py");

/** What the recomputation says. */
export interface Recomputed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Recomputes folders of papers and bundles in Python, or answers the reason why there is none. */
export async function recomputed(folders: readonly string[]): Promise<Recomputed | { readonly reason: string }> {
  const found = await findPython();
  if ("reason" in found) {
    const reason = `recomputation of the papers skipped: ${found.reason}`;
    console.warn(reason);
    return { reason };
  }
  const { status, stdout, stderr } = spawnSync(found.python, ["-B", PROGRAM, ...folders], { encoding: "utf8" });
  return { status, stdout, stderr };
}

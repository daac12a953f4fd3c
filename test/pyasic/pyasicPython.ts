import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPython, pythonAnswers } from "../support/python.ts";

const run = promisify(execFile);

/** The independent client, pinned: results are known for this version. */
export const PYASIC_VERSION = "0.78.10";
const INSTALL_MS = 180_000;

/**
 * Path of a Python that has the pinned pyasic: a virtual environment in Ballast's cache directory, made on first use.
 * Nothing is installed outside it. Answers the reason where there is none.
 */
export async function pyasicPython(): Promise<{ readonly python: string } | { readonly reason: string }> {
  const cache =
    process.env["BALLAST_CACHE_DIR"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ballast");
  const home = join(cache, `pyasic-${PYASIC_VERSION}`);
  const python = join(home, "bin", "python");
  if (await hasPyasic(python)) return { python };
  const base = await findPython(["venv"]);
  if ("reason" in base) return base;
  try {
    mkdirSync(cache, { recursive: true });
    await run(base.python, ["-m", "venv", home], { timeout: INSTALL_MS });
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `pyasic==${PYASIC_VERSION}`], {
      timeout: INSTALL_MS,
    });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr;
    return {
      reason:
        `pyasic ${PYASIC_VERSION} could not be installed into ${home} ` +
        `(${(stderr || String(error)).trim().split("\n").at(-1)})`,
    };
  }
  return (await hasPyasic(python))
    ? { python }
    : { reason: `pyasic in ${home} cannot be imported: remove that folder and try again` };
}

function hasPyasic(python: string): Promise<boolean> {
  const program = "from importlib.metadata import version; import pyasic; print(version('pyasic'))";
  return pythonAnswers(python, program, PYASIC_VERSION);
}

import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPython, pythonAnswers } from "./python.ts";

const run = promisify(execFile);
const INSTALL_MS = 300_000;

/** A package of PyPI at one version: results are known for that one. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * Path of a Python that has the package: a virtual environment in Ballast's cache directory, made on first use. Nothing
 * is installed outside it. Answers the reason where there is none.
 */
export async function pythonWith({
  name,
  version,
}: PythonPackage): Promise<{ readonly python: string } | { readonly reason: string }> {
  const cache =
    process.env["BALLAST_CACHE_DIR"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "ballast");
  const home = join(cache, `${name}-${version}`);
  const python = join(home, "bin", "python");
  const program = `from importlib.metadata import version; import ${name}; print(version('${name}'))`;
  if (await pythonAnswers(python, program, version)) return { python };
  const base = await findPython(["venv"]);
  if ("reason" in base) return base;
  try {
    mkdirSync(cache, { recursive: true });
    await run(base.python, ["-m", "venv", home], { timeout: INSTALL_MS });
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `${name}==${version}`], {
      timeout: INSTALL_MS,
    });
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr;
    return {
      reason:
        `${name} ${version} could not be installed into ${home} ` +
        `(${(stderr || String(error)).trim().split("\n").at(-1)})`,
    };
  }
  return (await pythonAnswers(python, program, version))
    ? { python }
    : { reason: `${name} in ${home} cannot be imported: remove that folder and try again` };
}

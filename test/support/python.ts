import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const PYTHONS = ["python3", "python3.13", "python3.12", "python3.11", "python3.10"];
const PROBE_MS = 20_000;

/** A Python of 3.10 or newer that has the modules named, or the reason why there is none. */
export async function findPython(
  modules: readonly string[] = [],
): Promise<{ readonly python: string } | { readonly reason: string }> {
  const program = [`import ${["sys", ...modules].join(", ")}`, "print(sys.version_info >= (3, 10))"].join("; ");
  for (const python of PYTHONS) if (await pythonAnswers(python, program, "True")) return { python };
  return { reason: `no Python 3.10 or newer among ${PYTHONS.join(", ")}` };
}

/** True when this Python exists, runs the program and prints what is expected. */
export async function pythonAnswers(python: string, program: string, expected: string): Promise<boolean> {
  try {
    return (await run(python, ["-c", program], { timeout: PROBE_MS })).stdout.trim() === expected;
  } catch {
    return false; // absent, or without the module: the caller looks elsewhere and names the reason
  }
}

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MB = 1024 * 1024;

/** Where and on what a measure ran. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
  /** `+` after it: the work tree differed from the commit. */
  readonly commit: string;
}

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryMb: Math.round(totalmem() / MB),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    commit: commit(),
  };
}

/** Processes that wanted a core over the last minute, where the system says so. */
export function loadNow(): number {
  return Math.round((loadavg()[0] as number) * 100) / 100;
}

/**
 * Peak resident memory of a process, MB: the kernel's own high-water mark. Undefined where there is none to read, or no
 * such process.
 */
export function peakMemoryMb(pid: number): number | undefined {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line === null ? undefined : Math.round(Number(line[1]) / 1024);
  } catch {
    return undefined;
  }
}

/** Peaks of several processes by name; those that cannot be read are left out. */
export function peaksMb(pids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).flatMap(([name, pid]) => {
      const peak = peakMemoryMb(pid);
      return peak === undefined ? [] : [[name, peak]];
    }),
  );
}

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return (
      git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain", "--untracked-files=no") === "" ? "" : "+")
    );
  } catch {
    return "unknown";
  }
}

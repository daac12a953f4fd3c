import { spawnSync } from "node:child_process";
import { chownSync, cpSync, existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** How PostgreSQL's programs are run: as who, and from where. PostgreSQL refuses to run as root. */
export type ServerAccount = {
  /** For the start-up message. */
  description: string;
  /** The program call that runs `path` with `args` under this account. */
  call(path: string, args: string[]): { program: string; args: string[]; uid?: number; gid?: number };
  /** Gives a file or an empty folder to the account. */
  give(path: string): void;
  /** The folder with bin/initdb and bin/postgres, where the account can read it. */
  binaries: string;
};

const namespaceId = 1000;
const accountNames = ["postgres", "nobody"];

/**
 * Chooses the account for PostgreSQL: the user itself; as root a user namespace in which root's files belong to an
 * ordinary number, else an existing unprivileged account. No account is ever made. `dataDir` holds the data and, where
 * needed, a copy of the programs. Throws, with what to do, when root has neither.
 */
export function chooseServerAccount(
  binaries: string,
  dataDir: string,
  ways: readonly ("namespace" | "account")[] = ["namespace", "account"],
): ServerAccount {
  if (process.getuid?.() !== 0)
    return { description: "the current user", call: (program, args) => ({ program, args }), give: () => {}, binaries };
  const problems: string[] = [];
  for (const way of ways) {
    const choice = way === "namespace" ? inNamespace(binaries) : asExistingAccount(binaries, dataDir);
    if (typeof choice !== "string") return choice;
    problems.push(choice);
  }
  throw new Error(
    `PostgreSQL does not run as root, and no other way was ` +
      `found:\n${problems.map((one) => `  - ${one}`).join("\n")}\n` +
      "Run Ballast as an ordinary user, or set BALLAST_DATABASE_URL to a PostgreSQL that already runs.",
  );
}

function inNamespace(binaries: string): ServerAccount | string {
  const unshare = ["-U", `--map-user=${namespaceId}`, `--map-group=${namespaceId}`];
  const trial = spawnSync("unshare", [...unshare, join(binaries, "bin", "initdb"), "--version"], { encoding: "utf8" });
  if (trial.status !== 0) return `a user namespace: ${trial.error?.message ?? trial.stderr.trim()}`;
  return {
    description: "a user namespace",
    call: (path, args) => ({ program: "unshare", args: [...unshare, path, ...args] }),
    give: () => {},
    binaries,
  };
}

function asExistingAccount(binaries: string, dataDir: string): ServerAccount | string {
  const account = accountNames.map(findAccount).find((found) => found !== undefined);
  if (account === undefined) return `an existing account: none of ${accountNames.join(", ")} is in /etc/passwd`;
  const closed = closedFolder(dataDir);
  if (closed !== undefined)
    return (
      `the account ${account.name}: it cannot enter ${closed} (choose another data folder, or allow others to ` +
      `enter: chmod o+x)`
    );
  const { uid, gid } = account;
  return {
    description: `the account ${account.name}`,
    call: (program, args) => ({ program, args, uid, gid }),
    give: (path) => chownSync(path, uid, gid),
    binaries: closedFolder(binaries) === undefined ? binaries : copiedBinaries(binaries, dataDir),
  };
}

function findAccount(name: string): { name: string; uid: number; gid: number } | undefined {
  const entry = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${name}:`))
    ?.split(":");
  const [uid, gid] = [Number(entry?.[2]), Number(entry?.[3])];
  return entry === undefined || !(uid > 0) || !(gid > 0) ? undefined : { name, uid, gid };
}

/** The first folder on the way down to `path` that an account without rights of its own cannot enter. */
function closedFolder(path: string): string | undefined {
  if (dirname(path) === path) return undefined;
  return closedFolder(dirname(path)) ?? ((statSync(path).mode & 0o001) === 0 ? path : undefined);
}

function copiedBinaries(binaries: string, dataDir: string): string {
  const copy = join(dataDir, "postgres-programs");
  if (!existsSync(join(copy, "bin", "postgres"))) cpSync(binaries, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

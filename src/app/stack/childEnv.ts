/** What a child may know of its launcher's environment; everything else, above all secrets of others, stays behind. */
const NAMES = new Set(["PATH", "HOME", "LANG", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"]);
const PREFIXES = ["LC_", "NODE_", "BALLAST_", "TEMPORAL_"];
/** The owner's rights on the database and the ways to keys are the launcher's alone. */
const WITHHELD = new Set(["BALLAST_DATABASE_URL", "BALLAST_SIGNING_KEY_FILE", "BALLAST_KEY_FILE"]);

/**
 * Environment of a child process: the allowed part of the launcher's, `TZ` always UTC, and what the child is given of
 * its own.
 */
export function childEnv(
  extra: Readonly<Record<string, string | undefined>>,
  launcher: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const inherited = Object.entries(launcher).filter(([name]) => isAllowed(name));
  const entries = [...inherited, ["TZ", "UTC"] as const, ...Object.entries(extra)];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function isAllowed(name: string): boolean {
  return !WITHHELD.has(name) && (NAMES.has(name.toUpperCase()) || PREFIXES.some((prefix) => name.startsWith(prefix)));
}

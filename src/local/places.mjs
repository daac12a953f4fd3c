import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the clone. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where programs that are dear to fetch are kept between clones: `BALLAST_CACHE_DIR`, else the user's cache folder. */
export function cacheDir(env = process.env) {
  if (env.BALLAST_CACHE_DIR) return resolve(env.BALLAST_CACHE_DIR);
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ballast");
}

/**
 * Where Node keeps what it has compiled, for every process of the project. A reinstallation clears it; where it cannot
 * be written, Node goes without.
 */
export const compileCache = join(projectRoot, "node_modules", ".cache", "compiled");

/** The Node that the project pins, from the registry's `node` package. */
export const pinnedNode = join(projectRoot, "node_modules", ".bin", "node");

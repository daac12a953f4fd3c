import type { Bundle } from "./bundle.ts";
import { BundleError } from "./bundleFile.ts";
import type { LayerLog } from "./layerLog.ts";

/**
 * Bytes of a file of the bundle; undefined, and a finding, when it is not there as the manifest says. @throws what the
 * file system does not say of a file: never a BundleError
 */
export async function readOrFind(bundle: Bundle, path: string, log: LayerLog): Promise<Uint8Array | undefined> {
  try {
    return await bundle.read(path);
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    unreadable(path, error.message, log);
    return undefined;
  }
}

/** A file that is not there as the manifest says. */
export function unreadable(path: string, problem: string, log: LayerLog): void {
  log.check();
  log.find(path, "a regular file as the manifest lists it", problem);
}

import type { ProcessIdentity } from "./processIdentity.mjs";
export type LockResult = { release: () => void; holder?: undefined } | { release?: undefined; holder: ProcessIdentity };
export function tryLock(path: string): LockResult;
export function waitForLock(
  path: string,
  options: { timeoutMs: number; onWait?: (holder: ProcessIdentity) => void },
): Promise<() => void>;

/** An address or range that cannot be understood; the message says what was expected. */
export class HostRangeError extends Error {
  override name = "HostRangeError";
}

/** Most machines of a site: far above any, and few enough to be written out. */
export const HOSTS_MAX = 65_536;

/**
 * Addresses of a list of IPv4 addresses and ranges (`10.4.1.1-10.4.1.60`), in the order written.
 * @throws HostRangeError for text that is neither, a range that runs backwards, or more than 65,536 addresses.
 */
export function expandHosts(ranges: readonly string[]): string[] {
  const bounds = ranges.map(boundsOf);
  if (countOf(bounds) > HOSTS_MAX) throw new HostRangeError(`more than ${HOSTS_MAX} addresses in one list`);
  return bounds.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => addressText(from + i)));
}

/** How many addresses a list names; not a number where one of its entries is none. @throws nothing of its own. */
export function hostCount(ranges: readonly string[]): number {
  try {
    return countOf(ranges.map(boundsOf));
  } catch (error) {
    if (error instanceof HostRangeError) return Number.NaN;
    throw error;
  }
}

/** First and last address of a range. @throws HostRangeError as `expandHosts`, for a range by itself */
function boundsOf(range: string): { readonly from: number; readonly to: number } {
  const [first = "", last = first, ...rest] = range.split("-").map((part) => part.trim());
  if (rest.length > 0) throw new HostRangeError(`"${range}": one dash at most`);
  const from = addressNumber(first, range);
  const to = addressNumber(last, range);
  if (to < from) throw new HostRangeError(`"${range}": the last address is below the first`);
  if (to - from >= HOSTS_MAX) throw new HostRangeError(`"${range}": more than ${HOSTS_MAX} addresses`);
  return { from, to };
}

function countOf(bounds: readonly { readonly from: number; readonly to: number }[]): number {
  return bounds.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

function addressNumber(text: string, range: string): number {
  const parts = text.split(".");
  const bytes = parts.map(Number);
  const valid =
    parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part)) && bytes.every((byte) => byte <= 255);
  if (!valid) throw new HostRangeError(`"${range}": "${text}" is not an IPv4 address`);
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

function addressText(address: number): string {
  return [16_777_216, 65_536, 256, 1].map((unit) => Math.floor(address / unit) % 256).join(".");
}

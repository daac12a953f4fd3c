/** Slices of one batch under way at a time: five fill the bound on connections, and one slow machine holds up one. */
const SLICES_AT_ONCE = 5;

/**
 * Does `work` on slices of `size` items, begun in order, some side by side: items that take long keep back their own
 * slice and no other. After a failure no further slice begins, and those under way are waited for.
 * @throws what the first `work` to fail threw
 */
export async function everySlice<Item>(
  items: readonly Item[],
  size: number,
  work: (slice: readonly Item[]) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  let next = 0;
  const oneAfterAnother = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const from = next;
      next += size;
      await work(items.slice(from, next)).catch((error: unknown) => void failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: SLICES_AT_ONCE }, oneAfterAnother));
  if (failures.length > 0) throw failures[0];
}

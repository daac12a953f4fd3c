/**
 * Root of the hash tree over digests, in the order given: leaf and inner texts carry different prefixes, and an odd
 * last one is carried up unchanged instead of doubled, so that no other list of digests has the same root (after RFC
 * 6962 §2.1).
 * @param digests SHA-256 (hex) values, at least one
 * @param hash SHA-256 of a text, hex
 * @throws RangeError when the list is empty: nothing has no root
 */
export function merkleRoot(digests: readonly string[], hash: (text: string) => string): string {
  if (digests.length === 0) throw new RangeError("merkle root: expected at least one digest, got none");
  let level = digests.map((digest) => hash(`leaf:${digest}`));
  while (level.length > 1) level = levelAbove(level, hash);
  return level[0]!;
}

function levelAbove(level: readonly string[], hash: (text: string) => string): string[] {
  const above: string[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i]!;
    const right = level[i + 1];
    above.push(right === undefined ? left : hash(`node:${left}:${right}`));
  }
  return above;
}

/**
 * Number in [0, 1) that depends on nothing but its arguments: the same seed, machine, purpose and count give the same
 * number in any order of calls and at any speed. FNV-1a over the text, then the murmur3 finaliser to spread
 * neighboring inputs.
 */
export function unitInterval(seed: number, ...parts: readonly (string | number)[]): number {
  const text = `${seed}|${parts.join("|")}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/** Number in [−half, +half), in the unit of `half`, that depends on nothing but its arguments. */
export function plusMinus(half: number, seed: number, ...parts: readonly (string | number)[]): number {
  return (2 * unitInterval(seed, ...parts) - 1) * half;
}

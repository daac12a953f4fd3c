/**
 * Whether two JSON values say the same, whatever the order of their members; a member that is `undefined` counts as
 * absent.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, i) => sameValue(item, other[i]))
    );
  const [mine, its] = [membersOf(one), membersOf(other)];
  return mine.size === its.size && [...mine].every(([key, value]) => its.has(key) && sameValue(value, its.get(key)));
}

function membersOf(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, member]) => member !== undefined));
}

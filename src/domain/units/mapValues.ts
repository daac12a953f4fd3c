/** A record with the same keys, each value made from the old one. */
export function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  make: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries<From>(record).map(([key, value]) => [key, make(value, key as Key)]);
  return Object.fromEntries(entries) as Record<Key, To>;
}

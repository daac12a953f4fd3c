// A rule of Ballast's own: ERCOT adds, renames and moves columns of its reports, and says so in release notes at most.
/** How the columns of a report differ from those that it had before, by their names. */
export interface ColumnDrift {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Columns of both that stand in another order among themselves. */
  readonly moved: readonly string[];
}

/** What became of the columns of a report from one header to the next, each name in the order of its own header. */
export function columnDrift(before: readonly string[], now: readonly string[]): ColumnDrift {
  const had = before.filter((name) => now.includes(name));
  const kept = now.filter((name) => before.includes(name));
  return {
    added: now.filter((name) => !before.includes(name)),
    removed: before.filter((name) => !now.includes(name)),
    moved: kept.filter((name, at) => had[at] !== name),
  };
}

/** A drift for a person, such as `added RTDLL; removed LMP`. */
export function columnDriftText({ added, removed, moved }: ColumnDrift): string {
  const parts = [
    ["added", added],
    ["removed", removed],
    ["moved", moved],
  ] as const;
  const said = parts.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what} ${names.join(", ")}`]));
  return said.length === 0 ? "written otherwise" : said.join("; ");
}

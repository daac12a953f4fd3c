/**
 * The known word closest to a misspelt one, when it is close enough to be meant: at most a third of its letters wrong.
 */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  // as many letters too many or too few are as many edits
  const near = known.filter((candidate) => Math.abs(candidate.length - word.length) <= editsMax(candidate));
  const ranked = near.map((candidate) => ({
    candidate,
    edits: editDistance(word.toLowerCase(), candidate.toLowerCase()),
  }));
  const best = ranked.toSorted((a, b) => a.edits - b.edits)[0];
  return best !== undefined && best.edits <= editsMax(best.candidate) ? best.candidate : undefined;
}

function editsMax({ length }: string): number {
  return Math.max(1, Math.floor(length / 3));
}

/**
 * Letters inserted, dropped, replaced or swapped with their neighbor to get from one word to the other (optimal string
 * alignment).
 */
function editDistance(from: string, to: string): number {
  const table = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const cell = (row: number, column: number): number => table[row]?.[column] ?? Infinity;
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    table.push(current);
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = cell(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const swaps = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          replaced,
          cell(row - 1, column) + 1,
          cell(row, column - 1) + 1,
          swaps ? cell(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return cell(from.length, to.length);
}

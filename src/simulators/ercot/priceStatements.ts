import { PriceFileError, type PriceFileRow } from "./priceFile.ts";

/**
 * What price files say, each thing once: the same value again is no news, another value for the same thing is refused.
 * Remembers too of which days and points the rows are, for whoever looks for others in vain.
 */
export class PriceStatements {
  #last = { day: "", point: "" };
  readonly #days = new Set<string>();
  readonly #points = new Map<string, Set<string>>();
  readonly #first = new Map<string, { readonly value: string; readonly where: string }>();

  /** A row was there, whether it is wanted or not. */
  saw(day: string, point: string): void {
    // a year has a hundred thousand rows, most of the day and point of the row before
    if (day === this.#last.day && point === this.#last.point) return;
    this.#last = { day, point };
    this.#days.add(day);
    const points = this.#points.get(day);
    if (points === undefined) this.#points.set(day, new Set([point]));
    else points.add(point);
  }

  /**
   * Whether the row is the first that says this. @param key what the value is of, `what` the same in words
   * @throws PriceFileError naming both lines when an earlier row has another value
   */
  isNew<Column extends string>(row: PriceFileRow<Column>, column: Column, key: string, what: string): boolean {
    const value = row.cells[column];
    const first = this.#first.get(key);
    if (first === undefined) {
      this.#first.set(key, { value, where: row.where });
      return true;
    }
    if (Number(first.value) !== Number(value))
      throw row.refusal(column, `${first.value} as in ${first.where} for the same ${what}`);
    return false;
  }

  /** The error of a file without a row of this day and these points, to be thrown. */
  none(path: string | readonly string[], what: string, day: string, points: ReadonlySet<string> | undefined): Error {
    const found = `${[path].flat().join(", ")}: expected ${what} of ${day}${wanted(points)}, found none`;
    const others = this.#points.get(day);
    if (others !== undefined)
      return new PriceFileError(`${found}; its rows of that day are for ${[...others].sort().slice(0, 20).join(", ")}`);
    const days = [...this.#days].sort();
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined) return new PriceFileError(`${found}; it has no row`);
    return new PriceFileError(`${found}; its rows are of ${first === last ? first : `${first} to ${last}`}`);
  }
}

function wanted(points: ReadonlySet<string> | undefined): string {
  return points === undefined ? "" : ` for ${[...points].join(", ")}`;
}

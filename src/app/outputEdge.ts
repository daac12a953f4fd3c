import { fitText } from "./wrapText.ts";

/** Text for a person is read best, and pasted into a ticket or a mail, up to this width. */
const COLUMNS_MAX = 100;
/** Narrower than this no line of figures can be read. */
const COLUMNS_MIN = 40;

/**
 * How many columns text for a person has: as many as an exported `COLUMNS` says; else those of the terminal, at most
 * 100, and 100 in a file or a pipe. At least 40.
 */
export function outputWidth(stream: { readonly columns?: number }, env: NodeJS.ProcessEnv = process.env): number {
  const told = Number(env["COLUMNS"] || Number.NaN);
  const columns = Number.isInteger(told) && told > 0 ? told : Math.min(stream.columns ?? COLUMNS_MAX, COLUMNS_MAX);
  return Math.max(columns, COLUMNS_MIN);
}

/** From here on each line of text that is written to a stream fits its columns; bytes pass as they are. */
export function fitWrites(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean;
  stream.write = ((chunk: unknown, ...rest: readonly unknown[]) =>
    write(typeof chunk === "string" ? fitText(chunk, outputWidth(stream)) : chunk, ...rest)) as typeof stream.write;
}

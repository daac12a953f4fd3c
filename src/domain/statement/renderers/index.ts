import { mapValues } from "../../units/mapValues.ts";
import { csv } from "./csv.ts";
import { guide } from "./guide.ts";
import { intervalsCsv } from "./intervalsCsv.ts";
import type { Renderer } from "./renderer.ts";
import { text } from "./text.ts";

const BY_FORMAT = {
  text,
  csv,
  intervalsCsv,
  guide,
} as const satisfies Readonly<Record<string, Renderer>>;

/** What a file is called in records. */
export type PaperFormat = keyof typeof BY_FORMAT;

/** Every file of a statement. */
export type Papers = Readonly<Record<PaperFormat, string>>;

type FirstFormats = {
  [Format in PaperFormat]: (typeof BY_FORMAT)[Format] extends { readonly givenSince: "ballast.statement/1" }
    ? Format
    : never;
}[PaperFormat];

/** The files that an issued statement was given with: an older one may lack what came later. */
export type GivenPapers = Pick<Papers, FirstFormats> & Partial<Papers>;

/** The files that a client is given with a statement, in the order in which the guide names them. */
export const RENDERERS: readonly (Renderer & { readonly format: PaperFormat })[] = Object.values(BY_FORMAT);

/** Something for each format. */
export function forEachFormat<Made>(make: (renderer: Renderer) => Made): Readonly<Record<PaperFormat, Made>> {
  return mapValues(BY_FORMAT, make);
}

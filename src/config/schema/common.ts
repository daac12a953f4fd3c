import { z } from "zod";

/** Exact decimal as quoted text: money and rates never pass through a binary float. */
export function decimal(description: string) {
  return z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .meta({ description: `${description}; decimal number in quotes, e.g. "0.072"` });
}

/** Decimal text that is not negative. */
export function positiveDecimal(description: string) {
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .meta({ description: `${description}; decimal number ≥ 0 in quotes, e.g. "0.63"` });
}

/** Decimal text from 0 to 1. */
export function share(description: string) {
  return z
    .string()
    .regex(/^(0(\.\d+)?|1(\.0+)?)$/)
    .meta({ description: `${description}; share from 0 to 1 in quotes, e.g. "0.50"` });
}

/** Central operating day. */
export function day(description: string) {
  return z.iso.date().meta({ description: `${description}; day as YYYY-MM-DD` });
}

/** Name used in ids and file names. */
export function id(description: string) {
  return z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i)
    .refine((name) => !(name in {}), "a name of its own: every object has one of this name")
    .meta({ description: `${description}; letters, digits, dot, dash or underscore` });
}

/** Text that is not empty. */
export function text(description: string) {
  return z.string().min(1).meta({ description });
}

/**
 * Text that stands in a line of a client's papers: no line break, no other control character, no mark that turns the
 * direction of reading.
 */
export function oneLine(description: string) {
  return z
    .string()
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u)
    .meta({ description: `${description}; one line of printable text` });
}

/** Number within limits. */
export function number(description: string, min: number, max: number) {
  return z.number().min(min).max(max).meta({ description });
}

/** Whole number within limits. */
export function whole(description: string, min: number, max: number) {
  return z.int().min(min).max(max).meta({ description });
}

/** Whole seconds within limits. */
export function seconds(description: string, min = 1, max = 864_000) {
  return whole(`${description}, seconds`, min, max);
}

export const control = z.enum(["observe", "advise", "act"]).meta({
  description: "observe: watch only; advise: decide and record, command nothing; act: command the machines",
});

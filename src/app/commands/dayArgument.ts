import { InvalidArgumentError } from "commander";
import { dayStart } from "../../domain/market/calendar.ts";

/** An operating day as a person writes it. @throws InvalidArgumentError for what is none */
export function dayArgument(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text))
    throw new InvalidArgumentError(`expected an operating day as YYYY-MM-DD, got "${text}".`);
  try {
    dayStart(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return text;
}

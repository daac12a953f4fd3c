import { thrownText } from "../../domain/units/foreignText.ts";
import { PortDataError, PortUnavailableError } from "../../ports/errors.ts";

/** What a feed of ERCOT's MIS lists and Public API remembers of the first: its cursor. */
export interface Routes {
  readonly mis?: string;
}

/** The part of a cursor that is the first route's: of one that a feed of both routes has written, and of its own. */
export function misCursorText(text: string | undefined): string | undefined {
  return readRoutes(text).mis;
}

/**
 * A cursor that a feed of two routes has written; text that is none, or the first route's own, is that route's.
 */
export function readRoutes<Cursor extends Routes = Routes>(text: string | undefined): Partial<Cursor> {
  const ofFirst = { mis: text } as Partial<Cursor>;
  if (text === undefined) return {};
  try {
    const parsed = JSON.parse(text) as (Cursor & { readonly seen?: unknown }) | null;
    return typeof parsed !== "object" || parsed === null || parsed.seen !== undefined ? ofFirst : parsed;
  } catch {
    // the first route says what is wrong with it
    return ofFirst;
  }
}

/** What a route is down with. @throws whatever is no trouble of a route */
export function troubleOf(error: unknown): PortUnavailableError | PortDataError {
  if (error instanceof PortUnavailableError || error instanceof PortDataError) return error;
  throw error;
}

/** Both routes are down: the first's trouble, with the second's. */
export function together(first: PortUnavailableError | PortDataError, second: string): Error {
  const text = `${thrownText(first)}; Public API: ${second}`;
  if (first instanceof PortDataError) return new PortDataError(text, { cause: first });
  const error = new PortUnavailableError(text, { cause: first });
  error.retryAfterSeconds = first.retryAfterSeconds;
  return error;
}

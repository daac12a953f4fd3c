import { jsonStringEnd } from "./jsonStringEnd.ts";

/** How deep foreign JSON may nest, and how many values it may hold. */
export interface JsonBudget {
  readonly depthMax: number;
  readonly valuesMax: number;
}

/** For what a source, a machine or a person sends: far above any real answer. */
export const FOREIGN_JSON: JsonBudget = { depthMax: 64, valuesMax: 500_000 };

/** For one machine's reply: a thousand may answer at once, and none may hold up the others. */
export const MACHINE_JSON: JsonBudget = { depthMax: 32, valuesMax: 20_000 };

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACKET = 0x5d;
const CLOSE_BRACE = 0x7d;

/**
 * Why a JSON text must not be parsed: nested deeper or holding more values than its budget, counted on the bare text;
 * undefined when it keeps it. A text that is no JSON is for the parser to refuse.
 */
export function jsonOverBudget(text: string, { depthMax, valuesMax }: JsonBudget = FOREIGN_JSON): string | undefined {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = jsonStringEnd(text, at);
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      depth += 1;
      values += 1;
      if (depth > depthMax) return `JSON nested deeper than ${depthMax}`;
    } else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth -= 1;
    else if (unit === COMMA) values += 1;
    if (values > valuesMax) return `JSON of more than ${valuesMax} values`;
  }
  return undefined;
}

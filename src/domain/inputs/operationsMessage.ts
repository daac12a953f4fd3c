import type { Provenance } from "../market/model.ts";
import type { OperationsMessage } from "../market/noticesInForce.ts";
import type { ObservedFact } from "./marketFact.ts";

/** One row of ERCOT's operations messages, as published. */
export interface OperationsMessageObservation extends Provenance, OperationsMessage {
  readonly kind: "operations-message";
}

const KEY_CHARS = 16;

/** Messages to the market, each kept once; its status may change. What they say together is another fact. */
export const operationsMessage: ObservedFact<OperationsMessageObservation> = {
  kind: "operations-message",
  scope: "system",
  called: "operations messages",
  comparedAs: "text",
  columns: ({ postedAt, key, type, status, summary }) => ({
    point: "",
    pointType: "",
    key: `${postedAt} ${key.slice(0, KEY_CHARS)}`,
    value: `${type} | ${status} | ${summary}`,
  }),
  saidAt: ({ postedAt }) => postedAt,
  place: ({ key }) => key,
  text: ({ postedAt, type, status, summary }) => `${postedAt} ${type} (${status}): ${summary}`,
};

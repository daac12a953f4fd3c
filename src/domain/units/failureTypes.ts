/**
 * Types of the failures with which an activity or a workflow ends, as they stand in the histories. What each means and
 * what a person does is a table in docs/operations.md. Any other type is a fault of the program; it is tried again.
 */
export const FailureType = {
  /** What an operator asked for is not done: unsigned, not admitted, out of date, not acceptable. */
  OrderRefused: "OrderRefused",
  /** A dispatch that no recorded decision ordered, a statement of a contract that nobody knows. */
  BadInput: "BadInput",
  /** The rules refuse to settle a day. */
  SettlementRefused: "SettlementRefused",
  /** A settled day breaks an identity of its own, or would take back what an earlier version settled. */
  SettlementCheckFailed: "SettlementCheckFailed",
  /** The rules refuse to issue a statement. */
  StatementRefused: "StatementRefused",
  /** A worker was asked for what its configuration lacks. */
  NotConfigured: "NotConfigured",
  /** The other side of a port could not be reached, or gave no usable answer. */
  PortUnavailable: "PortUnavailableError",
  /** The other side of a port answered with something that is not what its document promises. */
  PortData: "PortDataError",
  /** Something else is stored under the same key. */
  PortConflict: "PortConflictError",
  /** The Temporal server has no history of a run. */
  UnknownRun: "UnknownRunError",
} as const;
export type FailureType = (typeof FailureType)[keyof typeof FailureType];

/** The same comes out however often these are tried: nothing retries them, a person decides. */
export const FINAL_FAILURES = [
  FailureType.OrderRefused,
  FailureType.BadInput,
  FailureType.SettlementRefused,
  FailureType.SettlementCheckFailed,
  FailureType.StatementRefused,
] as const;
export type FinalFailure = (typeof FINAL_FAILURES)[number];

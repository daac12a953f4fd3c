/** Longest wait that a source may ask for, market seconds: whatever it says, it is asked again by then. */
export const RETRY_AFTER_SECONDS_MAX = 600;

/** The other side could not be reached or gave no usable answer: worth another try. */
export class PortUnavailableError extends Error {
  override name = "PortUnavailableError";
  /** Market seconds after which the other side may be asked again, where it or its manners say so. */
  retryAfterSeconds?: number;
}

/** The other side answered with something that is not what its document promises: what, where, what was expected. */
export class PortDataError extends Error {
  override name = "PortDataError";
}

/** The same idempotency key was used with different content: never overwritten. */
export class PortConflictError extends Error {
  override name = "PortConflictError";
}

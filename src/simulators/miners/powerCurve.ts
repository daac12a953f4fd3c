/**
 * One stretch of a machine's load: it stays where it is for `deadMs`, then approaches the target exponentially.
 * Power and hashrate share the time constant, so hashrate follows the ramp.
 */
export interface LoadSegment {
  readonly kind: "steady" | "sleep" | "wake" | "step";
  readonly startMs: number;
  readonly deadMs: number;
  readonly tauMs: number;
  readonly from: Load;
  readonly to: Load;
}

export interface Load {
  readonly watts: number;
  readonly ths: number;
}

/** A machine is at its target once it is this near to it. */
const SETTLED_SHARE = 0.02;
const SETTLED_WATTS_MIN = 5;

/** Load at a market time; before the segment's start it is the load it started from. */
export function loadAt(segment: LoadSegment, atMs: number): Load {
  const rest = remainder(segment, atMs);
  return {
    watts: segment.to.watts + (segment.from.watts - segment.to.watts) * rest,
    ths: segment.to.ths + (segment.from.ths - segment.to.ths) * rest,
  };
}

/** Watt-milliseconds from the segment's start to a market time, in closed form. */
export function energyWms(segment: LoadSegment, atMs: number): number {
  const elapsedMs = Math.max(0, atMs - segment.startMs);
  const movingMs = Math.max(0, elapsedMs - segment.deadMs);
  const stillMs = elapsedMs - movingMs;
  const settling = (segment.from.watts - segment.to.watts) * segment.tauMs * (1 - remainder(segment, atMs));
  return segment.from.watts * stillMs + segment.to.watts * movingMs + settling;
}

/** True while the load is still visibly on its way. */
export function isMoving(segment: LoadSegment, atMs: number): boolean {
  const gap = Math.abs(loadAt(segment, atMs).watts - segment.to.watts);
  return gap > Math.max(SETTLED_WATTS_MIN, segment.to.watts * SETTLED_SHARE);
}

function remainder(segment: LoadSegment, atMs: number): number {
  const movingMs = atMs - segment.startMs - segment.deadMs;
  if (movingMs <= 0) return 1;
  return segment.tauMs > 0 ? Math.exp(-movingMs / segment.tauMs) : 0;
}

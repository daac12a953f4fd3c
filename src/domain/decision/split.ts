import { UnitError } from "../units/instant.ts";
import type { CohortPlan } from "./planModel.ts";

/** Machines of a cohort in one mode. */
export interface ModeShare {
  readonly modeId: string;
  readonly machines: number;
}

/**
 * What a cohort's machines do: ascending by power, no share of 0 machines, in one mode or in two neighboring ones.
 * Which machines are meant is the dispatch planner's.
 */
export type Split = readonly ModeShare[];

/** A split in which every machine has the same mode; empty for no machines. */
export function wholeSplit(modeId: string, machines: number): Split {
  return machines > 0 ? [{ modeId, machines }] : [];
}

/** Whether two splits put as many machines into the same modes. */
export function sameSplit(one: Split, other: Split): boolean {
  return (
    one.length === other.length &&
    one.every(({ modeId, machines }, i) => modeId === other[i]?.modeId && machines === other[i]?.machines)
  );
}

/** Machines of a split. */
export function machinesOf(split: Split): number {
  return split.reduce((sum, { machines }) => sum + machines, 0);
}

/**
 * A split over another number of machines, as the fleet is told it: as many as there are hold the upper mode, all
 * others the lower one. So a split over the able machines of a cohort says what all of the plan's are told, and that
 * one what the able ones are at, whoever comes and goes.
 */
export function fittedSplit(split: Split, machines: number): Split {
  const [lower, upper] = split;
  if (lower === undefined || machinesOf(split) === machines) return split;
  if (upper === undefined) return wholeSplit(lower.modeId, machines);
  const inUpper = Math.min(upper.machines, machines);
  return [...wholeSplit(lower.modeId, machines - inUpper), ...wholeSplit(upper.modeId, inUpper)];
}

/**
 * Where a split stands: the sum over its machines of the index of their mode, 0 = all off. With `able` machines and two
 * neighboring modes one number says it all. @throws UnitError for a mode that the cohort lacks and for a split that no
 * position describes.
 */
export function positionOf(cohort: CohortPlan, split: Split): number {
  const indexes = split.map(({ modeId }) => modeIndex(cohort, modeId));
  const [lower, upper] = indexes;
  if (split.length > 2 || (lower !== undefined && upper !== undefined && upper !== lower + 1))
    throw new UnitError(`cohort ${cohort.cohortId}: ${splitText(split)}, expected one mode or two neighboring ones`);
  return split.reduce((sum, { machines }, i) => sum + machines * (indexes[i] as number), 0);
}

/** The split of `able` machines at a position. */
export function splitAt(cohort: CohortPlan, able: number, position: number): Split {
  if (able === 0) return [];
  const index = lowerIndex(able, position);
  const inUpper = position - index * able;
  return cohort.modes
    .slice(index, index + 2)
    .map(({ modeId }, i) => ({ modeId, machines: i === 0 ? able - inUpper : inUpper }))
    .filter(({ machines }) => machines > 0);
}

/** Index of the lower mode of the pair in which a position lies, where machines of both modes are. */
export function lowerIndex(able: number, position: number): number {
  return able === 0 ? 0 : Math.floor(position / able);
}

/** Position of a mode in a cohort's list. @throws UnitError when the plan has no such mode. */
export function modeIndex(cohort: CohortPlan, modeId: string): number {
  const index = cohort.modes.findIndex((mode) => mode.modeId === modeId);
  if (index !== -1) return index;
  throw new UnitError(
    `cohort ${cohort.cohortId}: no mode "${modeId}", expected one of ` +
      `${cohort.modes.map((mode) => mode.modeId).join(", ")}`,
  );
}

/** `normal` where all machines have one mode, else `120 off, 180 normal`; `no machine` for none. */
export function splitText(split: Split): string {
  const [only, ...others] = split;
  if (only === undefined) return "no machine";
  return others.length === 0 ? only.modeId : split.map(({ modeId, machines }) => `${machines} ${modeId}`).join(", ");
}

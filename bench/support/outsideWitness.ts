import type { SimCommand } from "../../src/simulators/miners/model.ts";
import { type InstructedWorld, machinesOf, siteMeterId } from "./instructedWorld.ts";

const EVERY_MS = 1_000;
/** A machine that draws more than this hashes: asleep or without work it takes less. */
const HASHES_ABOVE_W = 500;

/** What the world showed over a second or so. */
export interface OutsideLook {
  /** Market time, ms. */
  readonly atMs: number;
  /** Mean power through the site meter since the look before, kW: from its energy, without noise. */
  readonly kw: number;
  /** Machines that hash. */
  readonly hashing: ReadonlySet<string>;
}

/** What a site and its machines really did: no word of Ballast's is among it. */
export interface Witness {
  readonly looks: ReadonlyMap<string, readonly OutsideLook[]>;
  /** What the machines were told, by their own log. */
  readonly commands: () => readonly SimCommand[];
  close(): void;
}

/** Looks at meters and machines of every site each second until it is closed. */
export function watchOutside({ deployments, fleet, meters, nowMs }: InstructedWorld): Witness {
  const looks = new Map(deployments.map(({ plan }): [string, OutsideLook[]] => [plan.siteId, []]));
  const before = new Map<string, { readonly atMs: number; readonly wh: number }>();
  const look = (): void => {
    const atMs = nowMs();
    for (const deployment of deployments) {
      const { siteId } = deployment.plan;
      const wh = meters.trueWh(siteMeterId(siteId), atMs);
      const last = before.get(siteId);
      before.set(siteId, { atMs, wh });
      if (last === undefined || atMs <= last.atMs) continue;
      const hashing = machinesOf(deployment).filter((id) => fleet.state(id).trueWatts > HASHES_ABOVE_W);
      const kw = ((wh - last.wh) * 3_600) / (atMs - last.atMs);
      looks.get(siteId)?.push({ atMs, kw, hashing: new Set(hashing) });
    }
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return { looks, commands: () => fleet.commandLog(), close: () => clearInterval(timer) };
}

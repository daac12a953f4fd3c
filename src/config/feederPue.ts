import type { MetersConfig } from "./schema/config.ts";

/**
 * W at the feeder of a client for each W of its machines: 1 where the feeder carries none of the cooling. `undefined`
 * for a client without a feeder.
 */
export function feederPue({ feeders }: Pick<MetersConfig, "feeders">, clientId: string): number | undefined {
  const cooling = feeders.find((feeder) => feeder.clientId === clientId)?.cooling;
  if (cooling === undefined) return undefined;
  return cooling.meteredAt === "feeder" ? cooling.pue : 1;
}

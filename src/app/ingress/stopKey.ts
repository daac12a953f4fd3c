import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { isForSite, type Role } from "../../domain/evidence/operatorAdmission.ts";
import { startsAgain, type StopInput } from "../../domain/inputs/safetyStops.ts";
import type { TakenUp } from "../../ports/commands.ts";
import type { KeptStop } from "../../ports/doorStops.ts";
import { PortUnavailableError } from "../../ports/errors.ts";
import type { MarketClock } from "../../ports/marketClock.ts";
import type { Retirement } from "../../ports/retirements.ts";
import type { SiteGateway } from "../../ports/siteGateway.ts";
import { CommandError, ExitCode } from "../commandError.ts";
import { authenticate, type SigningOperator } from "../operator/operatorKeyFile.ts";
import { sendStop } from "../worker/sendStop.ts";

/** Whoever sends a stop waits no longer for a site: it is told later. */
const WITHIN_MS = 5_000;

/** The key with which an ingress signs stops in the name of its issuers: where the run's list and the key lie. */
export interface StopKey {
  readonly dataDir: string;
  readonly file: string;
}

/**
 * The key, as the run's list of operators stands now. @throws CommandError (3) for one that the run does not know, that
 * is no gateway's, or that may do more than stop and start again: who breaks into an ingress must not get more
 */
export function readStopKey({ dataDir, file }: StopKey): SigningOperator {
  const key = authenticate(dataDir, file);
  const tooMuch = key.roles.filter((role) => role !== "stop" && role !== "start-again");
  const problem =
    key.vouches !== true
      ? "does not vouch for its issuers"
      : tooMuch.length > 0
        ? `has the role ${tooMuch.join(", ")} too`
        : undefined;
  if (problem === undefined) return key;
  throw new CommandError(
    ExitCode.notAllowed,
    `the key ${file} of this ingress ${problem}; make one for it alone: ballast operator add --actor ingress ` +
      `--vouches --roles stop --key-file ${file} --run ${dataDir}`,
  );
}

/** Whether the key is good for a stop, or its end, at a site. */
export function isKeyFor(key: SigningOperator, { kind }: Pick<StopInput, "kind">, siteId: string): boolean {
  const role: Role = startsAgain({ kind }) ? "start-again" : "stop";
  return key.roles.includes(role) && isForSite(key, siteId);
}

/** The servers of a run that a stop goes over. */
export interface StopWay {
  readonly gateway: Pick<SiteGateway, "deliver">;
  readonly client: Client;
  readonly clock: MarketClock;
  readonly retiredAt: (siteId: string) => Retirement | undefined;
}

/**
 * Sends a kept stop, or its end, to its site, signed in the name of whoever sent it; sent again it is the same. A site
 * that has no open run is begun for a stop: among its first inputs are the stops that are kept.
 * @throws RequestRefusedError with the site's reason, PortUnavailableError when it does not answer within 5 s, and what
 * `readStopKey` throws
 */
export async function sendKeptStop(way: StopWay, key: StopKey, stop: KeptStop): Promise<TakenUp> {
  const { siteId, input } = stop;
  try {
    return await sendSigned(way, key, stop);
  } catch (error) {
    const hasNoRun = error instanceof PortUnavailableError && error.cause instanceof WorkflowNotFoundError;
    if (!hasNoRun || startsAgain(input)) throw error;
    const at = await way.clock.now();
    await way.gateway.deliver(siteId, { kind: "wake", id: `wake/${at}`, at });
    return sendSigned(way, key, stop);
  }
}

async function sendSigned(
  { client, clock, retiredAt }: StopWay,
  key: StopKey,
  { siteId, input }: KeptStop,
): Promise<TakenUp> {
  const { privateKeyPem } = readStopKey(key);
  const { actor } = input;
  const link = { client, clock, siteId, actor, privateKeyPem, retired: retiredAt(siteId) };
  const late = new AbortController();
  const problem = `site ${siteId} has not decided on it within ${WITHIN_MS / 1000} s`;
  const limit = setTimeout(() => late.abort(new PortUnavailableError(problem)), WITHIN_MS);
  try {
    return await sendStop(link, input, late.signal);
  } finally {
    clearTimeout(limit);
  }
}

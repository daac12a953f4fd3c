import { postgresDecisionStore } from "../../adapters/postgres/decisionStore.ts";
import { postgresSafetyStops } from "../../adapters/postgres/safetyStops.ts";
import { postgresStopInputs } from "../../adapters/postgres/stopInputs.ts";
import { STOP_KINDS } from "../../domain/inputs/safetyStops.ts";
import type { SiteId } from "../../domain/units/ids.ts";
import type { StopInputLine } from "../../ports/stopInputKind.ts";
import { sendStop } from "./sendStop.ts";
import { inService, reachedSites } from "./book.ts";
import type { DeployedStopInput, Deployment } from "./deployment.ts";
import { stopInputKind } from "./registries.ts";
import { stopInputKeys } from "./stopInputKeys.ts";
import { type AskedOfSite, watchStopInput } from "./watchStopInput.ts";
import { clockOf, type SiteWiring, type Wiring } from "./wire.ts";

/** Real milliseconds for one request to a contact's device. */
const CONTACT_TIMEOUT_MS = 1_000;

/**
 * Watches every stop input of a book, each by itself, until `signal` aborts: reads those that this process reaches,
 * goes by what their sites' gateways keep of the others, and stops for all. @throws Error for one without a key
 */
export async function watchStopInputs(wiring: Wiring, signal: AbortSignal): Promise<void> {
  const { client, deployments, stopInputKeysFolder } = wiring;
  const deps = depsOf(wiring);
  const sites = inService(wiring);
  const reached = new Set(reachedSites(sites));
  const keys = stopInputKeys(stopInputKeysFolder, deployments);
  const stops = postgresSafetyStops(wiring.pool);
  await Promise.all(
    inputsOf(sites).map(({ siteId, input }) => {
      const own = keys.find((one) => one.siteId === siteId && one.inputId === input.inputId);
      if (own === undefined) throw new Error(`The stop input ${input.inputId} of site ${siteId} has no key.`);
      const { privateKeyPem, key } = own;
      const link = { client, clock: deps.clock, siteId, actor: key.actor, privateKeyPem };
      const site = {
        stops,
        ask: (stop: AskedOfSite, ended: AbortSignal) => sendStop(link, { kind: STOP_KINDS.stop, ...stop }, ended),
      };
      return watchStopInput({ ...deps, ...(reached.has(siteId) ? lineOf(input) : {}), site }, siteId, input, signal);
    }),
  );
}

/** Reads the stop inputs of sites whose book runs elsewhere, and keeps what they show, until `signal` aborts. */
export async function readStopInputs(wiring: SiteWiring, signal: AbortSignal): Promise<void> {
  const deps = depsOf(wiring);
  await Promise.all(
    inputsOf(inService(wiring)).map(({ siteId, input }) =>
      watchStopInput({ ...deps, ...lineOf(input) }, siteId, input, signal),
    ),
  );
}

function depsOf({ pool, log, clock }: SiteWiring) {
  return { clock: clockOf(clock), log, inputs: postgresStopInputs(pool), decisions: postgresDecisionStore(pool) };
}

function inputsOf(sites: readonly Deployment[]): { siteId: SiteId; input: DeployedStopInput }[] {
  return sites.flatMap(({ plan: { siteId }, stopInputs = [] }) => stopInputs.map((input) => ({ siteId, input })));
}

function lineOf({ contact }: DeployedStopInput): { readonly line: StopInputLine } {
  return { line: stopInputKind(contact).open(contact, CONTACT_TIMEOUT_MS) };
}

import type { Deployment } from "../worker/deployment.ts";

/** Loopback addresses from 127.128.0.1 on: configured simulated machines lie below. */
const FIRST_NET = 128;

/**
 * Sites as a session on this machine runs them: each machine of theirs at a loopback address of its own where the
 * configuration names its real one, reached without the site's gateway, which nobody has started; and no contact is
 * read, for nobody stands in for one, and a real one, or its silence, would stop simulated machines.
 */
export function onThisMachine(deployments: readonly Deployment[]): Deployment[] {
  let place = 0;
  const hostHere = (): string => {
    place += 1;
    return `127.${FIRST_NET + (place >> 16)}.${(place >> 8) & 255}.${place & 255}`;
  };
  return deployments.map(({ hasGateway: _gateway, stopInputs: _contacts, machines, ...deployment }) => ({
    ...deployment,
    machines: machines.map((one) => (one.host.startsWith("127.") ? one : { ...one, host: hostHere() })),
  }));
}

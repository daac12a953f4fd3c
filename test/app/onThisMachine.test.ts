import { expect, it } from "vitest";
import { onThisMachine } from "../../src/app/session/onThisMachine.ts";
import { simulatedBook } from "../../src/app/session/simulatedSite.ts";
import { smallSite } from "./smallSite.ts";

/** A site as its operator configures it: real addresses, a gateway at the site, a contact that stops when silent. */
const site = (siteId: string) => {
  const small = smallSite({ day: "2026-08-18", net: 20, machinesPerCohort: 200 });
  return {
    ...small,
    plan: { ...small.plan, siteId },
    machines: small.machines.map((one) => ({ ...one, host: one.host.replace(/^127\.20/, "10.4") })),
    hasGateway: true,
    stopInputs: [
      {
        inputId: "estop",
        name: "Emergency stop",
        contact: { use: "modbus-discrete", host: "10.4.0.20", port: 502, unit: 1, address: 0 },
        activeWhen: "off",
        pollSeconds: 1,
        silentAfterSeconds: 10,
        onSilence: "stop",
      },
    ],
  } as const;
};

it("a day of a real site is replayed with its own file: machines here, no gateway between, no contact that stops them", () => {
  const sites = onThisMachine([site("pecan-draw"), site("salt-fork")]);
  expect(sites.map(({ hasGateway, stopInputs = [] }) => [hasGateway, stopInputs])).toEqual([
    [undefined, []],
    [undefined, []],
  ]);
  const hosts = simulatedBook(sites).miners.map(({ host }) => host);
  expect(hosts).toHaveLength(600);
  expect(new Set(hosts).size).toBe(600);
  expect(hosts.every((host) => /^127(\.\d+){3}$/.test(host))).toBe(true);
});

it("machines that are configured on this machine stay where they are", () => {
  const small = smallSite({ day: "2026-08-18", net: 20, machinesPerCohort: 2 });
  expect(onThisMachine([small])).toEqual([small]);
});

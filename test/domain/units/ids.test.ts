import { expect, it } from "vitest";
import type { ClientId, CohortId, MachineId, SiteId } from "../../../src/domain/units/ids.ts";

/** As a port asks for the machines of a hall. */
const machinesOf = (siteId: SiteId, cohortId: CohortId): string => `${siteId}/${cohortId}`;

it("an id of one kind is not taken for another's: types refuse a hall and a site in the wrong order", () => {
  const [siteId, cohortId, clientId, machineId]: [SiteId, CohortId, ClientId, MachineId] = ["s", "h", "c", "m"];
  expect(machinesOf(siteId, cohortId)).toBe("s/h");
  expect(machinesOf("typed by hand", "hall-2")).toBe("typed by hand/hall-2");
  // @ts-expect-error -- the compiler refuses the two the wrong way round
  expect(machinesOf(cohortId, siteId)).toBe("h/s");
  // @ts-expect-error -- and a client for a hall
  expect(machinesOf(siteId, clientId)).toBe("s/c");
  // @ts-expect-error -- and a machine for a hall
  expect(machinesOf(siteId, machineId)).toBe("s/m");
});

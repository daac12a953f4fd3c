import { describe, expect, it } from "vitest";
import { withCohorts } from "../../src/app/operator/cohortsNamed.ts";
import { loadDeployment } from "../../src/app/worker/loadDeployment.ts";
import { RequestRefusedError } from "../../src/ports/commands.ts";
import { projectPath } from "./smallSite.ts";

const { plan } = loadDeployment(projectPath("config/example-site.yaml"), "2026-08-18");
const refused = new RequestRefusedError('Order refused: the site has no cohort "hall-9".');

describe("a refused order or freeze", () => {
  it("names the cohorts of the site where it was for one that the site does not have", () => {
    expect(withCohorts(refused, ["caprock-s21", "hall-9"], plan)).toMatchObject({
      name: "RequestRefusedError",
      message:
        'Order refused: the site has no cohort "hall-9". pecan-draw has: mesquite-s19j, bluestem-s19k, caprock-s21.',
    });
  });

  it("stays as it is where its cohorts are there, where it names none, and where it is no refusal", () => {
    const outage = new Error("no answer");
    expect(withCohorts(refused, ["caprock-s21"], plan)).toBe(refused);
    expect(withCohorts(refused, undefined, plan)).toBe(refused);
    expect(withCohorts(outage, ["hall-9"], plan)).toBe(outage);
  });
});

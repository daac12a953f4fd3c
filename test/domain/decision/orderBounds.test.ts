import { describe, expect, it } from "vitest";
import type { OperatorOrder } from "../../../src/domain/inputs/orders.ts";
import { orderProblem } from "../../../src/domain/decision/orderProblem.ts";
import { releaseProblem } from "../../../src/domain/decision/releaseProblem.ts";
import { addSeconds } from "../../../src/domain/units/instant.ts";
import { at, site } from "./site.ts";

const NOW = at("12:00:00");
const DAY_SECONDS = 86_400;

function order(changes: Partial<OperatorOrder> = {}): OperatorOrder {
  return {
    orderId: "maria-1",
    actor: "maria",
    reason: "line work",
    action: "curtail",
    from: NOW,
    until: addSeconds(NOW, 1_800),
    ...changes,
  };
}
const problemOf = (changes: Partial<OperatorOrder>, inForce: readonly OperatorOrder[] = []): string | undefined =>
  orderProblem(site(), { kind: "order", id: "order/maria-1", at: NOW, order: order(changes) }, inForce);
const others = (count: number, until = addSeconds(NOW, 60)): OperatorOrder[] =>
  Array.from({ length: count }, (_, i) => order({ orderId: `other-${i}`, until }));

describe("an order stands in every record while it is in force, so it is bounded", () => {
  it("a reason of 500 characters is kept, one of 501 is refused with both numbers", () => {
    expect(problemOf({ reason: "x".repeat(500) })).toBeUndefined();
    expect(problemOf({ reason: "x".repeat(501) })).toBe("the reason has 501 characters, at most 500 are kept");
  });

  it("an end seven days ahead is taken, a second later it is a matter of the configuration", () => {
    expect(problemOf({ until: addSeconds(NOW, 7 * DAY_SECONDS) })).toBeUndefined();
    expect(problemOf({ until: addSeconds(NOW, 7 * DAY_SECONDS + 1) })).toContain(
      "more than 7 days after now (2024-08-20T17:00:00.000Z); change the configuration instead",
    );
  });

  it("the fiftieth order in force is taken, the fifty-first is refused; ended ones and itself do not count", () => {
    expect(problemOf({}, others(49))).toBeUndefined();
    expect(problemOf({}, others(50))).toBe("50 orders are in force, at most 50 are kept; release some first");
    expect(problemOf({}, [...others(49), order()])).toBeUndefined();
    expect(problemOf({}, others(50, NOW))).toBeUndefined();
  });

  it("an end on 30 February is no moment", () => {
    expect(problemOf({ until: "2024-02-30T18:00:00.000Z" as OperatorOrder["until"] })).toBe(
      '"2024-02-30T18:00:00.000Z" is no moment; expected an instant such as 2026-08-18T22:05:11.000Z',
    );
  });
});

it("a release has a reason of 500 characters at most too", () => {
  const release = { kind: "release", id: "release/1", at: NOW, orderId: "maria-1", actor: "maria" } as const;
  expect(releaseProblem({ ...release, reason: "x".repeat(500) })).toBeUndefined();
  expect(releaseProblem({ ...release, reason: "x".repeat(501) })).toBe(
    "the reason has 501 characters, at most 500 are kept",
  );
});

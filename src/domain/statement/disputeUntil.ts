import { centralWall, nextDay } from "../market/calendar.ts";
import type { OperatingDay } from "../market/model.ts";
import type { Statement } from "./model.ts";

/** Last Central day on which a line can be disputed; undefined where the contract names no days, and of a draft. */
export function disputeUntil({
  issuedAt,
  disputeDays,
  status,
}: Pick<Statement, "issuedAt" | "disputeDays" | "status">): OperatingDay | undefined {
  if (disputeDays === undefined || status === "draft") return undefined;
  let day = centralWall(issuedAt).day;
  for (let days = 0; days < disputeDays; days++) day = nextDay(day);
  return day;
}

import { ApplicationFailure } from "@temporalio/common";
import { FailureType } from "../src/domain/units/failureTypes.ts";

/** Ends an operator's update with the reason, for whoever asked. @throws ApplicationFailure OrderRefused, given one */
export function refuse(why: string | undefined): void {
  if (why !== undefined)
    throw ApplicationFailure.create({
      type: FailureType.OrderRefused,
      message: `Order refused: ${why}.`,
      nonRetryable: true,
    });
}

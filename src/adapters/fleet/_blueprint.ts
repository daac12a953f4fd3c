/**
 * Blueprint of a driver: copy this file to `<firmware>.ts`, work through the numbers, add the driver to `registry.ts`,
 * put captured replies under `test/adapters/fleet/<firmware>/`, and write a simulator under `src/simulators/` that
 * shares nothing with it.
 *
 * 1. Here: the vendor's document with its revision, the firmware range it was read for, and the quirks that shape the
 * code, each with
 * its source. The firmware below is fictional: ExampleOS 1.x, "ExampleOS control protocol", revision 3. TCP 9999, one
 * JSON object a
 * line. `{"cmd":"status"}` → `{"state":"mining"|"starting"|"sleeping","watts":3200}`; `{"cmd":"sleep"}` and
 * `{"cmd":"wake"}` →
 *    `{"ok":true}` or `{"ok":false,"why":"..."}`. Sleep ends at a reboot.
 */
import { z } from "zod";
import type { Machine, OperatingPoint } from "../../domain/dispatch/model.ts";
import { parseForeignJson } from "../../domain/units/foreignText.ts";
import { MACHINE_JSON } from "../../domain/units/jsonBudget.ts";
import type { CommandResult, MachineDriver } from "../../ports/fleetControl.ts";
import { exchangeOnce, NoReplyError } from "./oneShotTcp.ts";

// 2. Constants with unit and reason. Timeouts are real time and every exchange has one.
const TIMEOUT_MS = 2_000; // the document promises an answer within 1 s

/** 3. Capabilities: what the orchestrator must know of the firmware. Only what the document says. */
const CAPABILITIES: MachineDriver["capabilities"] = {
  takes: ["percent"], // of normal power, and no other than all of it: it sleeps and wakes
  abandonedControlSeconds: 0, // no session: whoever asks is served
};

/** 4. Replies are checked before they are believed. A field that may be missing is optional: absent is never 0. */
const statusSchema = z.object({
  state: z.enum(["mining", "starting", "sleeping"]),
  watts: z.number().nonnegative().optional(),
});
const ackSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), why: z.string() }),
]);

class UnreadableReplyError extends Error {}

/** Driver for the fictional ExampleOS: the form of every driver here. Keeps nothing between calls. */
export function createExampleDriver(): MachineDriver {
  return {
    driverId: "example",
    capabilities: CAPABILITIES,
    setpointProblem: (setpoint) =>
      setpoint.kind === "percent" && setpoint.percent === 100 ? undefined : "it runs at its normal power or sleeps",

    /** 5. Read: whatever is not certain is `unknown`, with the reason for a person; only an abort rejects. */
    async read(machine, readAt, signal) {
      const { machineId } = machine;
      try {
        const { state, watts } = await ask(machine, "status", statusSchema, signal);
        const proven = { mining: "running", starting: "ramping", sleeping: "asleep" } as const;
        const setpoint = state === "mining" ? ({ kind: "percent", percent: 100 } as const) : undefined;
        return { machineId, readAt, state: proven[state], powerW: watts, setpoint };
      } catch (error) {
        return { machineId, readAt, state: "unknown", problem: describe(error, signal) };
      }
    },

    /** 6. Apply: read, write only what differs, and call an answer an acknowledgement, never a success. */
    async apply(machine, point, signal) {
      const { machineId } = machine;
      try {
        const { state } = await ask(machine, "status", statusSchema, signal);
        if ((state === "sleeping") === (point.kind === "off"))
          return { machineId, outcome: "already-there", writes: 0 };
      } catch (error) {
        return { machineId, outcome: "unreachable", writes: 0, detail: describe(error, signal) };
      }
      return write(machine, point, signal);
    },
  };
}

/**
 * 7. One restart-type write. Lost before it left: unreachable. Lost after: unknown, read back, never repeated blindly.
 */
async function write(machine: Machine, point: OperatingPoint, signal: AbortSignal): Promise<CommandResult> {
  const { machineId } = machine;
  try {
    const ack = await ask(machine, point.kind === "off" ? "sleep" : "wake", ackSchema, signal);
    return ack.ok
      ? { machineId, outcome: "acknowledged", writes: 1 }
      : { machineId, outcome: "refused", writes: 1, detail: ack.why };
  } catch (error) {
    const detail = describe(error, signal);
    if (error instanceof NoReplyError && !error.sent) return { machineId, outcome: "unreachable", writes: 0, detail };
    const shown = await ask(machine, "status", statusSchema, signal).then(
      ({ state }) => state,
      (failure: unknown) => describe(failure, signal),
    );
    return { machineId, outcome: "unknown", writes: 1, detail: `${detail}; read back: ${shown}` };
  }
}

async function ask<T>(machine: Machine, cmd: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const text = await exchangeOnce(machine.host, machine.port, `${JSON.stringify({ cmd })}\n`, TIMEOUT_MS, signal);
  try {
    return schema.parse(parseForeignJson(text, MACHINE_JSON));
  } catch (cause) {
    throw new UnreadableReplyError(
      `${machine.machineId}: ${cmd}: unexpected reply ${JSON.stringify(text.slice(0, 60))}`,
      { cause },
    );
  }
}

/**
 * 8. One place that tells a machine's doing from ours. @throws the abort reason, and every error that no machine
 * caused.
 */
function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) throw signal.reason;
  if (error instanceof NoReplyError || error instanceof UnreadableReplyError) return error.message;
  throw error;
}

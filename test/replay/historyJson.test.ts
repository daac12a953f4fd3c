import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { describe, expect, it } from "vitest";
import type { EvidenceRun } from "../../src/domain/evidence/model.ts";
import { openRun } from "../../src/replay/openRun.ts";
import { payloadValue } from "../../src/replay/payload.ts";
import { listAt } from "../../src/domain/evidence/historyEvent.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const payload = (value: unknown) => ({
  metadata: { encoding: base64("json/plain") },
  data: base64(JSON.stringify(value)),
});
const history = {
  events: [
    {
      eventId: "1",
      eventTime: "2024-08-20T23:30:00.123456789Z",
      eventType: "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
      taskId: "1048576",
      workflowExecutionStartedEventAttributes: {
        workflowType: { name: "runSite" },
        input: { payloads: [payload({ lmpUsdPerMwh: 402.75, name: "Größe" })] },
        workflowTaskTimeout: "10s",
        attempt: 1,
      },
    },
    {
      eventId: "2",
      eventTime: "2024-08-20T23:30:01Z",
      eventType: "EVENT_TYPE_TIMER_STARTED",
      timerStartedEventAttributes: { timerId: "1", startToFireTimeout: "0.250s", workflowTaskCompletedEventId: "4" },
    },
  ],
};
const run = { file: "runs/1.json" } as EvidenceRun;
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

describe("histories in proto JSON", () => {
  it("survive JSON → protobuf → JSON unchanged: one protobufjs serves the SDK and us", () => {
    const text = historyToJSON(historyFromJSON(history));
    expect(typeof text).toBe("string");
    expect(JSON.parse(historyToJSON(historyFromJSON(JSON.parse(text))))).toEqual(JSON.parse(text));
    expect(payloadValue(JSON.parse(text).events[0].workflowExecutionStartedEventAttributes.input.payloads[0])).toEqual({
      lmpUsdPerMwh: 402.75,
      name: "Größe",
    });
  });

  it("open as events with ids as numbers and types without their prefix", () => {
    const { events } = openRun(run, bytes(history));
    expect(events.map(({ eventId, type }) => `${eventId} ${type}`)).toEqual([
      "1 WORKFLOW_EXECUTION_STARTED",
      "2 TIMER_STARTED",
    ]);
    expect(payloadValue(listAt(events[0]!.attributes, "input", "payloads")[0])).toEqual({
      lmpUsdPerMwh: 402.75,
      name: "Größe",
    });
  });

  it("read the same under protobuf's own spelling of a field, and are refused with both spellings", () => {
    const spelt = structuredClone(history) as { events: { timerStartedEventAttributes?: Record<string, unknown> }[] };
    const timer = spelt.events[1]!.timerStartedEventAttributes!;
    spelt.events[1]!.timerStartedEventAttributes = { timerId: "1", start_to_fire_timeout: "9s" };
    expect(openRun(run, bytes(spelt)).events[1]!.attributes["startToFireTimeout"]).toBe("9s");
    spelt.events[1]!.timerStartedEventAttributes = { ...timer, start_to_fire_timeout: "9s" };
    expect(() => openRun(run, bytes(spelt))).toThrow(/duplicate field/);
  });

  it("are refused when type and attributes of an event name different things", () => {
    const mixed = structuredClone(history);
    mixed.events[1]!.eventType = "EVENT_TYPE_TIMER_FIRED";
    expect(() => openRun(run, bytes(mixed))).toThrow(
      /event 2: type TIMER_FIRED expects timerFiredEventAttributes, got timerStartedEventAttributes/,
    );
  });

  it.each([
    ["no JSON", "{", /JSON/],
    ["no history", "{}", /Invalid history/],
    ["half a UTF-8 sequence", Uint8Array.of(0x7b, 0xc3), /not valid/],
  ])("are refused when the bytes are %s", (_, content, message) => {
    expect(() => openRun(run, typeof content === "string" ? bytes(content) : content)).toThrow(message);
  });
});

import { decisions } from "./decisions.ts";
import { dollars } from "./dollars.ts";
import { effects } from "./effects.ts";
import { integrity } from "./integrity.ts";
import type { AuditLayer } from "./layer.ts";
import { operators } from "./operators.ts";
import { payloads } from "./payloads.ts";
import { replay } from "./replay.ts";
import { sources } from "./sources.ts";
import { structure } from "./structure.ts";

/** The layers of the audit, in the order in which they look and report. One goes by what those before it collected. */
export const LAYERS: readonly AuditLayer[] = [
  integrity,
  structure,
  replay,
  payloads,
  operators,
  decisions,
  sources,
  effects,
  dollars,
];

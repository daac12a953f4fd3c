import type { EvidenceRun } from "../../domain/evidence/model.ts";
import type { AuditedSite } from "../auditedSite.ts";
import type { LayerLog } from "../layerLog.ts";
import type { OpenedGap } from "../openGap.ts";
import type { OpenedRun } from "../openRun.ts";
import type { ReplayedRun } from "../replayer.ts";

/** What a layer does with each thing that the audit comes by. What throws is a finding of the layer. */
export interface LayerCheck {
  /** Before any history is opened. `end`: the rest of the bundle is not looked at. */
  files?(): Promise<"end" | "go on">;
  /** A run whose file is not there as the manifest says. */
  unread?(run: EvidenceRun, problem: string): void;
  stored?(run: EvidenceRun, bytes: Uint8Array): void;
  /** A run whose bytes are no history, or a gap whose bytes are no record of one. */
  unopened?(run: EvidenceRun, expected: string, problem: string): void;
  opened?(run: OpenedRun): void | Promise<void>;
  gap?(gap: OpenedGap): void;
  replayed?(run: ReplayedRun): void | Promise<void>;
  /** After the last history: what all of them say is known now. */
  end?(): void | Promise<void>;
}

/** One layer of the audit. */
export interface AuditLayer {
  /** One word, at most ten letters: findings, verdict and report carry it. */
  readonly name: string;
  /** One clause for the reader: what it checks. */
  readonly what: string;
  /** The dearest of what it asks for: bytes of files, histories in them, their replay, or what all of them say. */
  readonly needs: "files" | "histories" | "replay" | "facts";
  /**
   * Whether a bundle of another build may differ in this layer although nothing was forged; the report says it where it
   * is given.
   */
  readonly dependsOnBuild?: boolean;
  /** Begins on one bundle. */
  check(site: AuditedSite, log: LayerLog): LayerCheck;
}

import { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } from "@temporalio/common";
import { upsertSearchAttributes } from "@temporalio/workflow";
import { shownOf } from "../src/domain/decision/shownOf.ts";
import type { SiteState } from "../src/domain/decision/siteStateModel.ts";
import type { OperatingDay } from "../src/domain/market/model.ts";
import type { SiteId } from "../src/domain/units/ids.ts";

const siteIdKey = defineSearchAttributeKey("SiteId", SearchAttributeType.KEYWORD);
const operatingDayKey = defineSearchAttributeKey("OperatingDay", SearchAttributeType.KEYWORD);
const modeKey = defineSearchAttributeKey("Mode", SearchAttributeType.KEYWORD);
const needsReviewKey = defineSearchAttributeKey("NeedsReview", SearchAttributeType.BOOL);

/** What a list of workflows shows of a site. */
export class SiteShown {
  readonly #siteId: SiteId;
  #shown: ReturnType<typeof shownOf>;

  constructor(siteId: SiteId, state: SiteState) {
    this.#siteId = siteId;
    this.#shown = shownOf(state);
  }

  /** Search attributes cost an action: only when they change. */
  show(state: SiteState): void {
    const now = shownOf(state);
    if (now.mode === this.#shown.mode && now.needsReview === this.#shown.needsReview) return;
    this.#shown = now;
    upsertSearchAttributes([
      { key: modeKey, value: now.mode },
      { key: needsReviewKey, value: now.needsReview },
    ]);
  }

  /** For the run that goes on. */
  next(operatingDay: OperatingDay): TypedSearchAttributes {
    return new TypedSearchAttributes([
      { key: siteIdKey, value: this.#siteId },
      { key: operatingDayKey, value: operatingDay },
      { key: modeKey, value: this.#shown.mode },
      { key: needsReviewKey, value: this.#shown.needsReview },
    ]);
  }
}

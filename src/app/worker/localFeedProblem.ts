import type { Instant } from "../../domain/units/instant.ts";
import { PortDataError } from "../../ports/errors.ts";
import { type DeployedFeed, feedSource } from "./registries.ts";

/**
 * Why a feed that is read on this machine says nothing at an instant: file, line and what was expected; undefined when
 * each of them says something. @throws only what no such feed can cause
 */
export function localFeedProblem(feeds: readonly DeployedFeed[], at: Instant): string | undefined {
  for (const feed of feeds) {
    const source = feedSource(feed);
    try {
      source.local?.(feed, at);
    } catch (error) {
      if (!(error instanceof PortDataError)) throw error;
      return `${source.gives} file ${error.message}`;
    }
  }
  return undefined;
}

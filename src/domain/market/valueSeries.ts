/** Routes that bring the documents of one report: ERCOT's MIS lists, and its Public API (Public API, EMIL products). */
const SAME_SERIES: Readonly<Record<string, string>> = { api: "mis" };

/**
 * The series in which the versions of a value count: the route of its source (`mis/12301` is of `mis`), where the
 * Public API brings the reports of the MIS lists.
 */
export function seriesOf(source: string): string {
  const [route = ""] = source.split("/", 1);
  return SAME_SERIES[route] ?? route;
}

/** Routes whose values are of a series. */
export function routesOf(series: string): readonly string[] {
  const also = Object.keys(SAME_SERIES).filter((route) => SAME_SERIES[route] === series);
  return [series, ...also];
}

/** Whether a source shows rows as they stand, and not when they were published. */
export function isUndated(source: string): boolean {
  return SAME_SERIES[source.split("/", 1)[0] ?? ""] !== undefined;
}

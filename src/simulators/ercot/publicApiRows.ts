import type { ApiDataType, ReportDocument, SimulatedEndpoint, SimulatedReport } from "./reports/report.ts";

type Cell = string | number | boolean;

/** Rows of documents as the Public API types them, newest document first. */
export function apiRows(
  { fields, of = /^/ }: SimulatedEndpoint,
  documents: readonly Pick<ReportDocument, "rows" | "stem">[],
): readonly (readonly Cell[])[] {
  return documents
    .filter(({ stem }) => of.test(stem))
    .toReversed()
    .flatMap(({ rows }) => rows().map((cells) => fields.map(({ dataType }, i) => typed(cells[i] ?? "", dataType))));
}

/** A page of rows in the envelope of the Public API, by its query; a problem for a parameter that is none. */
export function rowsAnswer(
  { reportTypeId, reportName, api }: SimulatedReport,
  { name: endpoint, fields }: SimulatedEndpoint,
  rows: readonly (readonly Cell[])[],
  query: URLSearchParams,
  pageRowsMax: number,
): object | { readonly problem: string } {
  const page = Number(query.get("page") ?? 1);
  const size = Math.min(Number(query.get("size") ?? pageRowsMax), pageRowsMax);
  const wanted: ((row: readonly Cell[]) => boolean)[] = [];
  for (const [name, value] of query) {
    if (["page", "size", "sort", "dir"].includes(name)) continue;
    const [, field = name, bound] = /^(.*?)(From|To)$/.exec(name) ?? [];
    const at = fields.findIndex((one) => one.name === field);
    if (at < 0) return { problem: `unknown parameter ${name}` };
    const text = (row: readonly Cell[]): string => String(row[at]);
    wanted.push((row) =>
      bound === "From" ? text(row) >= value : bound === "To" ? text(row) <= value : text(row) === value,
    );
  }
  const found = rows.filter((row) => wanted.every((isWanted) => isWanted(row)));
  const parameters = Object.fromEntries(query);
  return {
    _meta: {
      totalRecords: found.length,
      pageSize: size,
      totalPages: Math.ceil(found.length / size),
      currentPage: page,
      query: { parameterCount: query.size, parameters, sortedBy: `${fields[0]?.name}: DESC` },
    },
    report: {
      reportName: endpoint,
      reportDisplayName: reportName,
      reportId: String(reportTypeId),
      reportEMIL: api?.emilId.toUpperCase(),
      downloadLimit: 2_000_000,
    },
    fields: fields.map(({ name, dataType }, i) => ({
      name,
      label: name,
      cardinality: i + 1,
      dataType,
      searchable: true,
      sortable: true,
      hasRange: dataType !== "VARCHAR" && dataType !== "BOOLEAN",
    })),
    ...(found.length > 0 && { data: found.slice((page - 1) * size, page * size) }),
    _links: null,
  };
}

/** `08/18/2026 17:00:12` → `2026-08-18T17:00:12`; `Y` → true. */
function typed(text: string, dataType: ApiDataType): Cell {
  const [, month, date, year, time] = /^(\d\d)\/(\d\d)\/(\d{4})(?: (.*))?$/.exec(text) ?? [];
  switch (dataType) {
    case "BOOLEAN":
      return text === "Y";
    case "INTEGER":
    case "DOUBLE":
      return Number(text);
    case "DATE":
      return `${year}-${month}-${date}`;
    case "TIME":
      return time ?? "";
    case "DATETIME":
      return `${year}-${month}-${date}T${time}`;
    default:
      return text;
  }
}

/** The parts of a `meta.k8s.io/v1` Table that printing needs. */
export interface ServerTable {
  columnDefinitions: { name: string; priority?: number }[];
  rows?: { cells: unknown[]; object?: { metadata?: { name?: string; namespace?: string } } }[];
}

/** Columns of text, each as wide as its widest cell, three spaces apart, as kubectl prints them. */
export function columns(header: string[], rows: string[][]): string[] {
  const widths = header.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join('   ')
      .trimEnd();
  return [line(header), ...rows.map(line)];
}

/** A server's table as text; `wide` adds the columns of lower priority, `namespaced` the namespace in front. */
export function tableText(
  table: ServerTable,
  options: { wide: boolean; namespaced: boolean; header: boolean; prefix?: string },
): string[] {
  const shown = table.columnDefinitions.flatMap(({ priority }, index) =>
    options.wide || !priority ? [index] : [],
  );
  const header = shown.map((index) => table.columnDefinitions[index]!.name.toUpperCase());
  const rows = (table.rows ?? []).map((row) => {
    const cells = shown.map((index) => String(row.cells[index] ?? '<none>'));
    if (options.prefix) cells[0] = `${options.prefix}/${cells[0]}`;
    return options.namespaced ? [row.object?.metadata?.namespace ?? '', ...cells] : cells;
  });
  const lines = columns(options.namespaced ? ['NAMESPACE', ...header] : header, rows);
  return options.header ? lines : lines.slice(1);
}

import { padText, plainText, textWidth } from './text-width.ts';

/** The parts of a `meta.k8s.io/v1` Table that printing needs. */
export interface ServerTable {
  columnDefinitions?: { name: string; priority?: number }[];
  rows?: { cells: unknown[]; object?: { metadata?: { name?: string; namespace?: string } } }[];
}

/** How a table is printed. */
export interface TableStyle {
  /** Also the columns of lower priority. */
  wide: boolean;
  /** The namespace in front. */
  namespaced: boolean;
  header: boolean;
  /** In front of each name: `deployment.apps`. */
  prefix?: string;
}

/** Columns of text, each as wide as its widest cell, three spaces apart, as kubectl prints them. */
export function columns(header: string[], rows: string[][]): string[] {
  return new Columns().lines([header, ...rows]);
}

/** Columns that go on: what comes later stands under what came before, and may widen it from there on. */
class Columns {
  readonly #widths: number[] = [];

  lines(rows: string[][]): string[] {
    const plain = rows.map((row) => row.map(plainText));
    for (const row of plain)
      for (const [index, cell] of row.entries())
        this.#widths[index] = Math.max(this.#widths[index] ?? 0, textWidth(cell));
    return plain.map((row) =>
      row
        .map((cell, index) => padText(cell, this.#widths[index]!))
        .join('   ')
        .trimEnd(),
    );
  }
}

/** A server's tables of one kind as text: the first with its header, the next, as a watch brings them, below. */
export class TablePrinter {
  readonly #style: TableStyle;
  readonly #columns = new Columns();
  #headerIsDue: boolean;
  #definitions: NonNullable<ServerTable['columnDefinitions']> = [];

  constructor(style: TableStyle) {
    this.#style = style;
    this.#headerIsDue = style.header;
  }

  lines({ columnDefinitions, rows = [] }: ServerTable): string[] {
    // Only the first table of a watch describes its columns.
    if (columnDefinitions?.length) this.#definitions = columnDefinitions;
    const { wide, namespaced, prefix } = this.#style;
    const shown = this.#definitions.flatMap(({ priority }, index) => (wide || !priority ? [index] : []));
    const lines = rows.map(({ cells, object }) => {
      const texts = shown.map((index) => String(cells[index] ?? '<none>'));
      if (prefix) texts[0] = `${prefix}/${texts[0]}`;
      return namespaced ? [object?.metadata?.namespace ?? '', ...texts] : texts;
    });
    if (lines.length > 0 && this.#headerIsDue) {
      const titles = shown.map((index) => this.#definitions[index]!.name.toUpperCase());
      lines.unshift(namespaced ? ['NAMESPACE', ...titles] : titles);
      this.#headerIsDue = false;
    }
    return this.#columns.lines(lines);
  }
}

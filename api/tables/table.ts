import type { ListMeta, ObjectMeta } from '../types.ts';

/** `meta.k8s.io/v1` Table: what `kubectl get` asks for and prints. */
export interface Table {
  kind: 'Table';
  apiVersion: 'meta.k8s.io/v1';
  metadata: ListMeta;
  columnDefinitions: ColumnDefinition[];
  rows: TableRow[];
}

export interface ColumnDefinition {
  name: string;
  type: ColumnType;
  /** `name` marks the column that names the object. */
  format: string;
  description: string;
  /** 0 is always shown, 1 with `-o wide`. */
  priority: number;
}

export interface TableRow {
  cells: Cell[];
  object?: unknown;
}

export type Cell = string | number | boolean | null;

export type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'date';

/** One column of a kind: its title, and what it says of an object. */
export interface Column<T> {
  name: string;
  cell: (object: T, now: Date) => Cell;
  type: ColumnType;
  format: string;
  priority: number;
  /** @default none */
  description?: string;
}

export type Columns<T> = readonly Column<T>[];

export function column<T>(
  name: string,
  cell: Column<T>['cell'],
  type: Column<T>['type'] = 'string',
): Column<T> {
  return { name, cell, type, format: '', priority: 0 };
}

/** Shown with `-o wide` only. */
export function wide<T>(
  name: string,
  cell: Column<T>['cell'],
  type: Column<T>['type'] = 'string',
): Column<T> {
  return { ...column(name, cell, type), priority: 1 };
}

interface Named {
  metadata?: ObjectMeta;
}

export const nameColumn: Column<Named> = {
  ...column<Named>('Name', ({ metadata }) => metadata?.name ?? ''),
  format: 'name',
};

/** What kubectl prints where there is nothing. */
export const none = '<none>';

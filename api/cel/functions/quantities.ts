import { parseQuantity, quantityProblem } from '../../quantity.ts';
import { QuantityValue } from '../values.ts';
import { def, fail, ofText } from './definition.ts';
import type { Def } from './definition.ts';

const quantityOf = (value: string): QuantityValue =>
  quantityProblem(value) === undefined
    ? new QuantityValue(parseQuantity(value))
    : fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
/** Amounts as Kubernetes writes them. */
export const quantities: readonly Def[] = [
  ofText<[string]>('isQuantity(string): bool', ([value]) => quantityProblem(value) === undefined),
  ofText<[string]>('quantity(string): quantity', ([value]) => quantityOf(value)),
  def<[QuantityValue]>('quantity.sign(): int', ([{ amount }]) => BigInt(Math.sign(amount))),
  def<[QuantityValue]>('quantity.isInteger(): bool', ([{ amount }]) => Number.isInteger(amount)),
  def<[QuantityValue]>('quantity.asInteger(): int', ([{ amount }]) =>
    Number.isInteger(amount) ? BigInt(amount) : fail('cannot convert value to integer'),
  ),
  def<[QuantityValue]>('quantity.asApproximateFloat(): double', ([{ amount }]) => amount),
  def<[QuantityValue, QuantityValue]>(
    'quantity.add(quantity): quantity',
    ([a, b]) => new QuantityValue(a.amount + b.amount),
  ),
  def<[QuantityValue, bigint]>(
    'quantity.add(int): quantity',
    ([a, b]) => new QuantityValue(a.amount + Number(b)),
  ),
  def<[QuantityValue, QuantityValue]>(
    'quantity.sub(quantity): quantity',
    ([a, b]) => new QuantityValue(a.amount - b.amount),
  ),
  def<[QuantityValue, bigint]>(
    'quantity.sub(int): quantity',
    ([a, b]) => new QuantityValue(a.amount - Number(b)),
  ),
  def<[QuantityValue, QuantityValue]>('quantity.isLessThan(quantity): bool', ([a, b]) => a.amount < b.amount),
  def<[QuantityValue, QuantityValue]>(
    'quantity.isGreaterThan(quantity): bool',
    ([a, b]) => a.amount > b.amount,
  ),
  def<[QuantityValue, QuantityValue]>('quantity.compareTo(quantity): int', ([a, b]) =>
    BigInt(Math.sign(a.amount - b.amount)),
  ),
];

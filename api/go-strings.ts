import { GoValue } from './go-value.ts';

/** A list of texts as Go prints it: `[]core.ResourceQuotaScope{"BestEffort"}`. */
export function goStrings(type: string, values: readonly string[] | undefined): GoValue {
  return new GoValue(
    values ? `[]${type}{${values.map((each) => JSON.stringify(each)).join(', ')}}` : `[]${type}(nil)`,
  );
}

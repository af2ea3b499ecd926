/** The steps of a run with their milliseconds, as `npm start -- --check` prints them. */
export class Steps {
  readonly #rows: { name: string; value: string }[] = [];

  /** Runs `action` and notes how long it took. */
  async time<T>(name: string, action: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      const result = await action();
      this.note(name, `${Math.round(performance.now() - startedAt)} ms`);
      return result;
    } catch (error) {
      this.note(name, `failed after ${Math.round(performance.now() - startedAt)} ms`);
      throw error;
    }
  }

  note(name: string, value: string): void {
    this.#rows.push({ name, value });
  }

  table(): string {
    const width = Math.max(...this.#rows.map(({ name }) => name.length));
    const valueWidth = Math.max(...this.#rows.map(({ value }) => value.length));
    return this.#rows
      .map(({ name, value }) => `  ${name.padEnd(width)}  ${value.padStart(valueWidth)}`)
      .join('\n');
  }
}

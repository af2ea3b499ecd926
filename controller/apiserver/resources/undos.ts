/** What admission took for a write that may not come to be: addresses, a part of a quota. */
export class Undos {
  readonly #actions: (() => void)[] = [];

  push(action: () => void): void {
    this.#actions.push(action);
  }

  /** Gives all of it back, once. */
  run(): void {
    for (const action of this.#actions.splice(0)) action();
  }
}

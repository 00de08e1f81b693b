/** What was opened, to be closed in reverse order. */
export class Closers {
  readonly #list: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#list.push(close);
  }

  /** Closes all, the last first, whatever fails on the way. Once more does nothing. @throws what failed first */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#list.pop(); close !== undefined; close = this.#list.pop()) {
      try {
        await close();
      } catch (thrown) {
        failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

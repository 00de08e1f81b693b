/**
 * Lets those who ask for the same at the same time share it. Whoever asks while it is being made gets the next one, which is
 * begun after all of them have asked: nobody gets what was there before.
 */
export class Sharing<T> {
  readonly #making = new Map<string, { readonly now: Promise<T>; next: Promise<T> | null }>();

  get(key: string, make: () => Promise<T>): Promise<T> {
    const making = this.#making.get(key);
    if (making === undefined) return this.#make(key, make);
    const again = (): Promise<T> => this.#make(key, make);
    making.next ??= making.now.then(again, again);
    return making.next;
  }

  #make(key: string, make: () => Promise<T>): Promise<T> {
    const entry = { now: make(), next: null as Promise<T> | null };
    this.#making.set(key, entry);
    const done = (): void => {
      if (entry.next === null) this.#making.delete(key);
    };
    entry.now.then(done, done);
    return entry.now;
  }
}

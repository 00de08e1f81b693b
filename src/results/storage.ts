/** Where results are stored. Paths are absolute. */
export interface Storage {
  /**
   * What is at a path: a file, or a directory with its entries, of which `limit` and one more suffice.
   * @throws NotFoundError
   * @throws ResultUnreadableError also where it is neither
   */
  look(path: string, limit: number): Promise<Found>;
  /**
   * The bytes of a file. What was opened is closed when the reader stops early.
   * @throws NotFoundError
   * @throws ResultUnreadableError
   */
  read(file: string): AsyncIterable<Uint8Array>;
}

export type Found = 'file' | Directory;

export interface Directory {
  /** The same for all paths that lead to the directory. */
  readonly identity: string;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly name: string;
  readonly path: string;
  /** False for what only a look can tell: directories and symbolic links. */
  readonly isFile: boolean;
}

/** One file of a result. */
export interface Part {
  readonly path: string;
  /** Its bytes as they are stored; each call begins anew. */
  read(): AsyncIterable<Uint8Array>;
}

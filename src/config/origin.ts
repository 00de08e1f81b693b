/** Where the value of an option came from. Lines count from 1. */
export type Origin =
  | { readonly kind: 'flag'; readonly name: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'dotenv'; readonly name: string; readonly file: string; readonly line: number }
  | { readonly kind: 'file'; readonly name: string; readonly file: string; readonly line: number }
  | { readonly kind: 'default' };

/** `--master-port`, `CLIC_MASTER_PORT`, `/data/conf/master-info.config:3 (port)`, `default`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
    case 'environment':
      return origin.name;
    case 'dotenv':
    case 'file':
      return `${origin.file}:${origin.line} (${origin.name})`;
    case 'default':
      return 'default';
  }
}

/** The place of a variable. */
export type VariableOrigin = Extract<Origin, { kind: 'environment' | 'dotenv' }>;

/** A value as it was given. */
export interface Setting<O extends Origin = Origin> {
  readonly text: string;
  readonly origin: O;
}

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One recorded exchange of a Java client with a Java master. */
export interface Recording {
  readonly case: string;
  readonly client: string;
  readonly command?: readonly string[];
  readonly stdout?: string;
  readonly exchanges: readonly {
    readonly request: string;
    readonly reply: string;
    readonly decodedRequest: { name: string; seqid: number; fields: Record<string, unknown> };
    readonly decodedReply: { name: string; type: string; seqid: number; fields: Record<string, unknown> };
  }[];
}

const folder = fileURLToPath(new URL('../fixtures/wire/', import.meta.url));

export function recording(name: string): Recording {
  return JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8')) as Recording;
}

export function recordingNames(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

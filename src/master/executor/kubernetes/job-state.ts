import { type Json, listOf, objectOf, textOf, timeOf } from '../../kubernetes/json.ts';

/** What is known of a Job. */
export interface JobView {
  readonly name: string;
  readonly uid: string;
  readonly labels: Json;
  /** It is being deleted. */
  readonly isDeleted: boolean;
  /** How it ended, as Kubernetes says; null while it goes on. */
  readonly end: JobEnd | null;
}

type JobEnd =
  | { readonly kind: 'complete'; readonly at: number | null }
  | { readonly kind: 'failed'; readonly reason: string };

/** Reads a Job as the API server gives it; null for what is none. */
export function jobView(job: Json): JobView | null {
  const metadata = objectOf(job['metadata']);
  const [name, uid] = [textOf(metadata['name']), textOf(metadata['uid'])];
  if (name === null || uid === null) return null;
  const isDeleted = textOf(metadata['deletionTimestamp']) !== null;
  return { name, uid, labels: objectOf(metadata['labels']), isDeleted, end: endOf(objectOf(job['status'])) };
}

function endOf(status: Json): JobEnd | null {
  for (const condition of listOf(status['conditions']).map(objectOf)) {
    if (condition['status'] !== 'True') continue;
    if (condition['type'] === 'Complete') return { kind: 'complete', at: timeOf(status['completionTime']) };
    if (condition['type'] !== 'Failed') continue;
    const words = [textOf(condition['reason']), textOf(condition['message'])];
    return {
      kind: 'failed',
      reason: words.filter((word) => word !== null).join(': ') || 'no reason is given',
    };
  }
  return null;
}

import { expect } from 'vitest';
import { createMasterClient } from '../../../../src/rpc/connect.ts';
import { clientOptions } from '../../../helpers/peer.ts';
import type { Bench } from './bench.ts';

const CLIENTS = 4;

/** Clients that submit a plan again and again, each time by a name of its own, for as long as they are answered. */
export class Submitters {
  /** The names of the plans whose submission was answered. */
  readonly acknowledged: string[] = [];
  /** How many requests may have been cut off so far. */
  unanswered = 0;
  readonly #plan: string;
  #sent = 0;

  constructor(plan: string) {
    this.#plan = plan;
  }

  /** Resolves when the master of the bench does not answer any more. */
  async submitTo(bench: Bench): Promise<void> {
    const { port } = bench.master;
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#submitUntilGone(port)));
    this.unanswered += CLIENTS;
  }

  async #submitUntilGone(port: number): Promise<void> {
    const client = createMasterClient(clientOptions(port));
    for (;;) {
      const planName = `plan-${this.#sent++}`;
      const error: unknown = await client.submitPlan(planName, this.#plan).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (error === null) {
        this.acknowledged.push(planName);
        continue;
      }
      expect(error).toMatchObject({
        code: expect.stringMatching(/^(OUTCOME_UNKNOWN|UNREACHABLE|REFUSED)$/) as string,
      });
      client.close();
      return;
    }
  }
}

/** The names of the plans that the master lists, one for each task. */
export async function listedPlans(bench: Bench): Promise<string[]> {
  return (await bench.client.listTasks()).map(({ name }) => name.slice(0, -'-abcdefgh'.length));
}

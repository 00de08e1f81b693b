import { expect } from 'vitest';
import { exchange } from '../../../helpers/master-server.ts';
import { recording } from '../../../helpers/wire.ts';

/** What a running executor reports, by the recording of a Java one. */
export type Report = 'sched-start-1' | 'sched-prepared-1' | 'sched-complete-1';

/** Sends a Java executor's bytes, for another stage, and expects the bytes that it was answered with. */
export async function sendReport(port: number, report: Report, stageId: string): Promise<void> {
  const [exchanged] = recording(report).exchanges;
  if (exchanged === undefined) throw new Error(`${report} is empty`);
  const recordedId = String(exchanged.decodedRequest.fields['1']);
  const request = exchanged.request.replace(thriftString(recordedId), thriftString(stageId));
  const [reply] = await exchange(port, [Buffer.from(request, 'hex')]);
  expect(reply?.toString('hex')).toBe(exchanged.reply);
}

function thriftString(text: string): string {
  const length = Buffer.alloc(4);
  length.writeInt32BE(Buffer.byteLength(text));
  return Buffer.concat([length, Buffer.from(text)]).toString('hex');
}

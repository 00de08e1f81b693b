import { expect, it } from 'vitest';
import { jobInfo } from '../../../src/master/service/job-info.ts';
import recorded from '../../fixtures/wire/stage-source.json' with { type: 'json' };

const id = 'wordcount-tfumtgtx-java-template-1';

it('has the form of a Java master', () => {
  const line = `java -jar executable-java.jar --udfPath=/data/f.class --dagPath=/data/plans/physical-dag.yml --stageId=${id} --masterHost=clic-master-svc --masterPort=7777 `;
  const text = jobInfo(id, { image: 'executable-java:v1', command: ['/bin/sh', '-c', line] });
  const [exchange] = recorded.exchanges;
  // A Java master leaves a space at the end of the line.
  expect(text).toBe(exchange?.decodedReply.fields[0].job_info.replace(' \n}', '\n}'));
});

it('shows the words of a command as a shell would have to be given them', () => {
  expect(jobInfo(id, { image: null, command: ['grep', '-e', "it's here", '', '/data/in.txt'] })).toBe(
    `class V1Job {\n name: ${id}\n args: grep -e 'it'\\''s here' '' /data/in.txt\n}`,
  );
});

import { expect, it } from 'vitest';
import { locatePath } from '../../src/results/path.ts';

it.each([
  ['/data/out', 'local', '/data/out'],
  ['out/a:b', 'local', 'out/a:b'],
  ['file:/data/out', 'local', '/data/out'],
  ['file:///data/a%20b#c?d', 'local', '/data/a b#c?d'],
  ['file:///data/100%', 'local', '/data/100%'],
  ['file://localhost/data', 'local', '/data'],
  ['hdfs://namenode:8020/out/a b%20', 'hdfs', '/out/a b%20'],
  ['hdfs:///out/', 'hdfs', '/out'],
  ['HDFS:/out', 'hdfs', '/out'],
  ['hdfs://nn/', 'hdfs', '/'],
  ['hdfs://nn/a/../../b/./c', 'hdfs', '/b/c'],
])('%s leads to %s storage, %s', (path, storage, there) => {
  expect(locatePath(path)).toEqual({ storage, path: there });
});

it.each(['s3a://bucket/out', 'file://server/data', 'hdfs://nn', 'hdfs:out'])('%s leads nowhere', (path) => {
  expect(locatePath(path)).toEqual({ storage: 'unknown' });
});

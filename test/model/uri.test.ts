import { expect, it } from 'vitest';
import { isUri } from '../../src/model/uri.ts';

it.each(['hdfs://nn:8020/out', 'hdfs:/out', 'file:/out', 'S3A://bucket/out', 'a+b.c-d:/x'])(
  '%s is a URI',
  (text) => {
    expect(isUri(text)).toBe(true);
  },
);

it.each(['/data/out', 'out/a:b', 'a:/b', 'C:/out', 'hdfs:out', '1s:/x', '', '/x/hdfs://nn/out', 'a b:/c'])(
  '%j is a path of this machine',
  (text) => {
    expect(isUri(text)).toBe(false);
  },
);

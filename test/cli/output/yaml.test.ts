import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { renderYaml } from '../../../src/cli/output/yaml.ts';

/** `c-printable` of YAML 1.2, section 5.1: what a document may hold. */
const PRINTABLE = /^[\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;

test('a document holds no character that YAML does not allow, and gives each back', () => {
  const texts = Array.from({ length: 0x10000 }, (_, code) => `a${String.fromCharCode(code)}b`);
  const yaml = renderYaml({ texts });
  expect(PRINTABLE.test(yaml)).toBe(true);
  expect(parse(yaml)).toEqual({ texts });
});

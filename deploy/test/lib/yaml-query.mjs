// yaml-query.mjs EXPRESSION: the value of a JavaScript expression over the YAML documents on stdin. See yaml_query in tools.bash.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

const all = parseAllDocuments(readFileSync(0, 'utf8')).flatMap((document) => {
  if (document.errors.length > 0) throw document.errors[0];
  const object = document.toJS();
  return object === null ? [] : object.kind === 'List' ? object.items : [object];
});
const one = (kind, name) => {
  const found = all.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
};
const value = new Function('all', 'one', `return (${process.argv[2]});`)(all, one);
process.stdout.write(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`);

// Joins what the other stages found into one table: the most frequent words, letters, and the longest words.
const { readFileSync, writeFileSync } = require('node:fs');

const [counts, letters, longest, output] = process.argv.slice(2);
const lines = (path) => readFileSync(path, 'utf8').split('\n').filter(Boolean);
const counted = (path) => lines(path).map((line) => line.trim().split(/\s+/));

const rows = [
  ...counted(counts).map(([count, word]) => ['word', word, count]),
  ...counted(letters).map(([count, letter]) => ['letter', letter, count]),
  ...lines(longest).map((word) => ['longest', word, String(word.length)]),
];
writeFileSync(output, rows.map((row) => `${row.join('\t')}\n`).join(''));

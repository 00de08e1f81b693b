// Writes the ten longest words of a file, one a line, the longest first.
const { readFileSync, writeFileSync } = require('node:fs');

const [input, output] = process.argv.slice(2);
const words = new Set(readFileSync(input, 'utf8').split('\n').filter(Boolean));
const longest = [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, 10);
writeFileSync(output, longest.map((word) => `${word}\n`).join(''));

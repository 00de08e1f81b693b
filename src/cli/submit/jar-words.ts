/**
 * How many of the words behind `submit` are its own: a jar, and what stands before it. The rest belongs to the jar's program.
 * The jar is the first word that is neither an option nor may be the value of one.
 */
export function wordsUpToJar(words: readonly string[]): number {
  for (const [i, word] of words.entries()) {
    if (isJar(word)) return i + 1;
    const previous = words[i - 1];
    const isValue = previous?.startsWith('-') === true && !previous.includes('=');
    if (!word.startsWith('-') && !isValue) break;
  }
  return words.length;
}

export function isJar(word: string): boolean {
  return !word.startsWith('-') && /\.jar$/i.test(word);
}

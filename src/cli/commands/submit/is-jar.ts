/** Whether what is submitted is a jar, which submits its plan by itself, and no name of a plan. */
export function isJar(word: string): boolean {
  return !word.startsWith('-') && /\.jar$/i.test(word);
}

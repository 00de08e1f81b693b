/** What is promised, where it comes in time. @throws what `late` makes, after so many milliseconds */
export async function within<T>(ms: number, promised: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promised, isLate]);
  } finally {
    clearTimeout(timer);
  }
}

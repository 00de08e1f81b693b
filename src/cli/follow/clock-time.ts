/** A time of this machine's clock, as lines of progress have it: `06:24:13`. */
export function clockTime(time: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

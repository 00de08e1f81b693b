import { expect, it } from 'vitest';
import { Sharing } from '../../../src/master/plans/sharing.ts';

/** Makes numbers, each when it is told to. */
function maker(): { make: () => Promise<number>; end: ((failure?: Error) => void)[] } {
  const end: ((failure?: Error) => void)[] = [];
  const make = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const number = end.length + 1;
      end.push((failure) => (failure === undefined ? resolve(number) : reject(failure)));
    });
  return { make, end };
}

it('gives those who ask while something is being made the next one, and only one', async () => {
  const sharing = new Sharing<number>();
  const { make, end } = maker();
  const first = sharing.get('a', make);
  const later = [sharing.get('a', make), sharing.get('a', make)];
  expect(end).toHaveLength(1);
  end[0]?.();
  expect(await first).toBe(1);
  expect(end).toHaveLength(2);
  const last = sharing.get('a', make);
  end[1]?.();
  expect(await Promise.all(later)).toEqual([2, 2]);
  end[2]?.();
  expect(await last).toBe(3);
});

it('makes a new one when nothing is being made', async () => {
  const sharing = new Sharing<number>();
  const { make, end } = maker();
  const first = sharing.get('a', make);
  end[0]?.();
  await first;
  const second = sharing.get('a', make);
  expect(end).toHaveLength(2);
  end[1]?.();
  expect(await second).toBe(2);
});

it('makes different ones at the same time', () => {
  const sharing = new Sharing<number>();
  const { make, end } = maker();
  void sharing.get('a', make);
  void sharing.get('b', make);
  expect(end).toHaveLength(2);
});

it('goes on after a failure', async () => {
  const sharing = new Sharing<number>();
  const { make, end } = maker();
  const first = sharing.get('a', make);
  const second = sharing.get('a', make);
  end[0]?.(new Error('no'));
  await expect(first).rejects.toThrow('no');
  end[1]?.();
  expect(await second).toBe(2);
});

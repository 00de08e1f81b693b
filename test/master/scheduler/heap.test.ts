import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from '../../../src/master/scheduler/heap.ts';

it('gives the smallest of what is in it, however pushes and pops follow each other', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const heap = new Heap<number>((a, b) => a < b);
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) {
          expect(heap.pop()).toBe(model.shift());
        } else {
          heap.push(step);
          model.push(step);
          model.sort((a, b) => a - b);
        }
        expect(heap.peek()).toBe(model[0]);
      }
      while (model.length > 0) expect(heap.pop()).toBe(model.shift());
      expect(heap.pop()).toBeUndefined();
    }),
    { seed: 1 },
  );
});

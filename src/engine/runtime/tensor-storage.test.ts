import { describe, expect, it } from 'vitest';
import { TensorHeap } from './tensor-storage.ts';

function heapWithLog() {
  const heap = new TensorHeap<string>();
  const freed: string[] = [];
  const create = (name: string) =>
    heap.create(name, [2, 3], 'f32', 24, (data) => {
      freed.push(data);
    });
  return { heap, freed, create };
}

describe('TensorHeap', () => {
  it('frees data with its last owner', () => {
    const { heap, freed, create } = heapWithLog();
    const first = create('a');
    const second = heap.share(first, [6]);
    expect(heap.meter.live).toBe(24);
    first.dispose();
    expect(freed).toEqual([]);
    expect(heap.own(second).data).toBe('a');
    second.dispose();
    expect(freed).toEqual(['a']);
    expect([heap.meter.live, heap.meter.peak]).toEqual([0, 24]);
  });

  it('refuses disposed tensors, double disposal, other heaps and other sizes', () => {
    const { heap, create } = heapWithLog();
    const tensor = create('a');
    expect(() => heap.share(tensor, [5])).toThrow(/6 elements/);
    expect(() => new TensorHeap<string>().own(tensor)).toThrow(/another runtime/);
    tensor.dispose();
    expect(() => heap.own(tensor)).toThrow(/disposed/);
    expect(() => tensor.dispose()).toThrow(/twice/);
  });

  it('keeps data for a running call whose inputs are disposed', async () => {
    const { heap, freed, create } = heapWithLog();
    const tensor = create('a');
    let end = (): void => undefined;
    const running = heap.hold(
      [tensor],
      async () =>
        await new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    tensor.dispose();
    expect(freed).toEqual([]);
    end();
    await running;
    expect(freed).toEqual(['a']);
  });

  it('frees everything once when it is closed', () => {
    const { heap, freed, create } = heapWithLog();
    const first = create('a');
    const second = heap.share(first, [6]);
    create('b').dispose();
    heap.close();
    expect(freed).toEqual(['b', 'a']);
    expect(heap.meter.live).toBe(0);
    second.dispose();
    first.dispose();
    expect(freed).toEqual(['b', 'a']);
    expect(() => create('c')).toThrow(/runtime was disposed/);
  });
});

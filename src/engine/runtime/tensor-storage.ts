import { assert } from '../../base/assert.ts';
import { elementCount, formatShape } from './shape.ts';
import type { Tensor, TensorType } from './tensor-runtime.ts';

/** Bytes held now and at most so far. */
class ByteMeter {
  #live = 0;
  #peak = 0;

  get live(): number {
    return this.#live;
  }

  get peak(): number {
    return this.#peak;
  }

  add(bytes: number): void {
    this.#live += bytes;
    this.#peak = Math.max(this.#peak, this.#live);
  }

  remove(bytes: number): void {
    this.#live -= bytes;
  }
}

/** Data on a device with as many owners as tensors and running calls share it; freed by the last one. */
export class Storage<Data> {
  readonly data: Data;
  #owners = 1;
  #free: ((data: Data) => void) | null;

  constructor(data: Data, free: (data: Data) => void) {
    this.data = data;
    this.#free = free;
  }

  retain(): this {
    assert(this.#free !== null, 'the data of this tensor is gone: its runtime was disposed');
    this.#owners += 1;
    return this;
  }

  release(): void {
    this.#owners -= 1;
    if (this.#owners === 0) {
      this.destroy();
    }
  }

  get isFreed(): boolean {
    return this.#free === null;
  }

  /** Frees the data whoever still owns it: the end of the runtime. */
  destroy(): void {
    const free = this.#free;
    this.#free = null;
    free?.(this.data);
  }
}

/**
 * All storages of one runtime. A tensor is a shape and one share in a storage; `reshape` adds a second share.
 * Running calls hold shares too, so that a caller may dispose inputs as soon as the call is made.
 */
export class TensorHeap<Data> {
  readonly meter = new ByteMeter();
  readonly #storages = new Set<Storage<Data>>();
  #isClosed = false;

  /** Takes over `data`; `free` is called once, when nobody needs it any more. */
  create(
    data: Data,
    shape: readonly number[],
    type: TensorType,
    bytes: number,
    free?: (data: Data) => void,
  ): HeapTensor<Data> {
    assert(!this.#isClosed, 'the runtime was disposed');
    const storage: Storage<Data> = new Storage(data, (freed) => {
      this.#storages.delete(storage);
      this.meter.remove(bytes);
      free?.(freed);
    });
    this.#storages.add(storage);
    this.meter.add(bytes);
    return new HeapTensor(this, storage, shape, type);
  }

  /** A second tensor of the same data. */
  share(tensor: Tensor, shape: readonly number[]): HeapTensor<Data> {
    const owned = this.own(tensor);
    assert(
      elementCount(shape) === elementCount(owned.shape),
      `${formatShape(owned.shape)} has ${elementCount(owned.shape)} elements and can't be seen as ${formatShape(shape)}`,
    );
    return new HeapTensor(this, owned.storage.retain(), shape, owned.type);
  }

  /** The tensor as one of this runtime's, alive. */
  own(tensor: Tensor): HeapTensor<Data> {
    assert(
      tensor instanceof HeapTensor && tensor.heap === this,
      'a tensor of another runtime was passed',
    );
    const owned = tensor as HeapTensor<Data>;
    assert(
      !owned.isDisposed && !owned.storage.isFreed,
      `a disposed tensor ${formatShape(owned.shape)} was passed`,
    );
    return owned;
  }

  /** Holds the data of `tensors` until `task` has ended, whatever their owners do meanwhile. */
  async hold<T>(tensors: readonly Tensor[], task: () => Promise<T>): Promise<T> {
    const held = tensors.map((tensor) => this.own(tensor).storage);
    held.forEach((storage) => storage.retain());
    try {
      return await task();
    } finally {
      held.forEach((storage) => storage.release());
    }
  }

  /** Frees everything, for good. Tensors still around can't be used any more; disposing them is harmless. */
  close(): void {
    this.#isClosed = true;
    for (const storage of this.#storages) {
      storage.destroy();
    }
  }
}

/** The tensor of both runtimes. */
export class HeapTensor<Data> implements Tensor {
  readonly heap: TensorHeap<Data>;
  readonly storage: Storage<Data>;
  readonly shape: readonly number[];
  readonly type: TensorType;
  #isDisposed = false;

  constructor(
    heap: TensorHeap<Data>,
    storage: Storage<Data>,
    shape: readonly number[],
    type: TensorType,
  ) {
    this.heap = heap;
    this.storage = storage;
    this.shape = [...shape];
    this.type = type;
  }

  get data(): Data {
    return this.storage.data;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  dispose(): void {
    assert(!this.#isDisposed, `the tensor ${formatShape(this.shape)} was disposed twice`);
    this.#isDisposed = true;
    this.storage.release();
  }
}

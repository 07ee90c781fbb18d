/** Keeps the values used last, up to a number of bytes; the newest one is kept even if it alone is larger. */
export class ByteCache<Key, Value> {
  readonly #limit: number;
  readonly #sizeOf: (value: Value) => number;
  readonly #onDrop: (value: Value) => void;
  /** In order of use, oldest first: a Map keeps the order of insertion. */
  readonly #values = new Map<Key, Value>();
  #bytes = 0;

  /** `onDrop` gets every value that leaves, `clear` included. */
  constructor(
    limitBytes: number,
    sizeOf: (value: Value) => number,
    onDrop: (value: Value) => void = () => undefined,
  ) {
    this.#limit = limitBytes;
    this.#sizeOf = sizeOf;
    this.#onDrop = onDrop;
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(key: Key): boolean {
    return this.#values.has(key);
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
    }
    return value;
  }

  set(key: Key, value: Value): void {
    this.#drop(key);
    this.#values.set(key, value);
    this.#bytes += this.#sizeOf(value);
    for (const oldest of this.#values.keys()) {
      if (this.#bytes <= this.#limit || oldest === key) {
        break;
      }
      this.#drop(oldest);
    }
  }

  clear(): void {
    for (const key of this.#values.keys()) {
      this.#drop(key);
    }
  }

  #drop(key: Key): void {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#bytes -= this.#sizeOf(value);
      this.#onDrop(value);
    }
  }
}

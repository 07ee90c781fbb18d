import { assert } from '../base/assert.ts';

const SPACE_BYTES = 512 * 1024;
/** Default of minUniformBufferOffsetAlignment and minStorageBufferOffsetAlignment. */
const ALIGNMENT = 256;

type Value = GPUBuffer | { readonly data: ArrayBufferView };

/**
 * Uniforms and small tables of the dispatches of one submit, in one buffer. It is filled on the CPU side and uploaded
 * just before the submit; the queue's order keeps earlier submits from seeing the new contents.
 */
export class ParameterSpace {
  readonly #device: GPUDevice;
  readonly #bytes = new Uint8Array(SPACE_BYTES);
  #buffer: GPUBuffer | null = null;
  #used = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Whether the data among these bindings fits beside what is placed already. */
  hasRoom(bindings: readonly Value[]): boolean {
    let need = 0;
    for (const value of bindings) {
      need += 'data' in value ? alignedBytes(value.data) : 0;
    }
    assert(
      need <= SPACE_BYTES,
      `${need} bytes of parameters for one dispatch, ${SPACE_BYTES} allowed`,
    );
    return this.#used + need <= SPACE_BYTES;
  }

  place(data: ArrayBufferView): GPUBufferBinding {
    const offset = this.#used;
    this.#bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    this.#used += alignedBytes(data);
    this.#buffer ??= this.#device.createBuffer({
      label: 'parameters',
      size: SPACE_BYTES,
      usage: 0x40 | 0x80 | 0x08, // UNIFORM | STORAGE | COPY_DST
    });
    return { buffer: this.#buffer, offset, size: Math.ceil(data.byteLength / 16) * 16 };
  }

  upload(): void {
    if (this.#used > 0 && this.#buffer !== null) {
      this.#device.queue.writeBuffer(this.#buffer, 0, this.#bytes, 0, this.#used);
    }
    this.#used = 0;
  }

  dispose(): void {
    this.#buffer?.destroy();
    this.#buffer = null;
  }
}

function alignedBytes(data: ArrayBufferView): number {
  return Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
}

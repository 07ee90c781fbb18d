/* Import this before anything that loads WebAssembly: it looks at every memory that this thread makes. */

/** ONNX Runtime's threads share its one. */
const memories: WebAssembly.Memory[] = [];
WebAssembly.Memory = class extends WebAssembly.Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor);
    memories.push(this);
  }
};

/** Bytes of all of them now. They only ever grow. */
export function wasmBytesNow(): number {
  return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

import { RingWriter } from './byte-ring.ts';

/** What a mount of the pipe file system holds: the source file as `in`, the stream to the caller as `out`. */
export type PipeMount = { readonly file: Blob; readonly ring: SharedArrayBuffer };

/** The few parts of Emscripten's file system that are used. Names are theirs. */
export type EmscriptenFs = {
  readonly filesystems: Record<string, unknown>;
  createNode(parent: FsNode | null, name: string, mode: number, dev: number): FsNode;
  readonly ErrnoError: new (errno: number) => Error;
};

type FsNode = {
  id: number;
  mode: number;
  node_ops: Record<string, (...args: never[]) => unknown>;
  stream_ops: Record<string, (...args: never[]) => unknown>;
};
type FsStream = { position: number };

const DIRECTORY = 0o040777;
const REGULAR_FILE = 0o100777;
/** Emscripten's numbers for ENOENT, EINVAL, EPIPE, EPERM. */
const NO_ENTRY = 44;
const INVALID = 28;
const BROKEN_PIPE = 64;
const NOT_PERMITTED = 63;
/** ffmpeg asks for 32 KiB at a time; a synchronous read of a Blob costs far more than the bytes do. */
const BLOCK_BYTES = 1 << 20;

/**
 * A file system for ffmpeg.wasm with one file to read, straight from a Blob, and one to write, straight to another
 * thread. Neither is ever held in memory.
 */
export function createPipeFs(fs: EmscriptenFs): { mount(mount: { opts: PipeMount }): FsNode } {
  const fail = (errno: number) => () => {
    throw new fs.ErrnoError(errno);
  };
  return {
    mount: ({ opts }) => {
      const root = fs.createNode(null, '/', DIRECTORY, 0);
      const entries = new Map([
        ['in', makeInput(fs, root, opts.file)],
        ['out', makeOutput(fs, root, opts.ring)],
      ]);
      root.node_ops = {
        getattr: () => attributes(root, 4096),
        setattr: () => undefined,
        lookup: (_parent: FsNode, name: string) => entries.get(name) ?? fail(NO_ENTRY)(),
        readdir: () => ['.', '..', ...entries.keys()],
        mknod: fail(NOT_PERMITTED),
        unlink: fail(NOT_PERMITTED),
        rename: fail(NOT_PERMITTED),
      };
      root.stream_ops = {};
      return root;
    },
  };
}

function makeInput(fs: EmscriptenFs, root: FsNode, file: Blob): FsNode {
  const node = fs.createNode(root, 'in', REGULAR_FILE, 0);
  const reader = new FileReaderSync();
  let blockStart = 0;
  let block = new Uint8Array(0);
  node.node_ops = { getattr: () => attributes(node, file.size), setattr: () => undefined };
  node.stream_ops = {
    llseek: (stream: FsStream, offset: number, whence: number) =>
      seek(fs, stream, file.size, offset, whence),
    read: (_stream: FsStream, buffer: Uint8Array, offset: number, length: number, at: number) => {
      if (at >= file.size) {
        return 0;
      }
      if (at < blockStart || at >= blockStart + block.length) {
        blockStart = at;
        block = new Uint8Array(reader.readAsArrayBuffer(file.slice(at, at + BLOCK_BYTES)));
      }
      const bytes = block.subarray(at - blockStart, at - blockStart + length);
      buffer.set(bytes, offset);
      return bytes.length;
    },
  };
  return node;
}

function makeOutput(fs: EmscriptenFs, root: FsNode, ring: SharedArrayBuffer): FsNode {
  const node = fs.createNode(root, 'out', REGULAR_FILE, 0);
  const writer = new RingWriter(ring);
  let size = 0;
  node.node_ops = { getattr: () => attributes(node, size), setattr: () => undefined };
  node.stream_ops = {
    llseek: (stream: FsStream, offset: number, whence: number) =>
      seek(fs, stream, size, offset, whence),
    write: (_stream: FsStream, buffer: Uint8Array, offset: number, length: number) => {
      if (!writer.write(buffer.subarray(offset, offset + length))) {
        throw new fs.ErrnoError(BROKEN_PIPE);
      }
      size += length;
      return length;
    },
  };
  return node;
}

function seek(
  fs: EmscriptenFs,
  stream: FsStream,
  size: number,
  offset: number,
  whence: number,
): number {
  const position = offset + (whence === 1 ? stream.position : whence === 2 ? size : 0);
  if (position < 0) {
    throw new fs.ErrnoError(INVALID);
  }
  return position;
}

function attributes(node: FsNode, size: number): Record<string, unknown> {
  const time = new Date(0);
  return {
    dev: 1,
    ino: node.id,
    mode: node.mode,
    nlink: 1,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    atime: time,
    mtime: time,
    ctime: time,
    blksize: 4096,
    blocks: Math.ceil(size / 4096),
  };
}

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../base/error.ts';
import { FORMAT, MANIFEST_ENTRY, MIME_ENTRY, MIME_TYPE } from './format.ts';
import { ProjectFile, type FileSink } from './read-project-file.ts';
import { writeProjectFile, type Packed } from './write-project-file.ts';
import { loadZip } from './zip.ts';

const TEXT = '{"format":1,"name":"Schnee über Ålesund"}';
const RECIPE = 'ab'.repeat(32);
const never = new AbortController().signal;

const packed = (path: string, size: number): Packed => ({
  path,
  file: new Blob([Uint8Array.from({ length: size }, (_, at) => (at * 31 + size) % 256)]),
});

const FILES: readonly Packed[] = [
  packed(`pictures/${RECIPE}/0.picture`, 900),
  packed(`pictures/${RECIPE}/17.picture`, 0),
  packed('clips/5d41402abc4b2a76b9719d911017c592', 70_000),
];

async function write(files: readonly Packed[] = FILES, signal = never): Promise<Blob> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
  const [blob] = await Promise.all([
    new Response(readable).blob(),
    writeProjectFile(writable, TEXT, files, () => undefined, signal),
  ]);
  return blob;
}

/** As the disk: a file appears whole or not at all. */
class MemorySink implements FileSink {
  readonly files = new Map<string, Uint8Array>();

  has(path: string): Promise<boolean> {
    return Promise.resolve(this.files.has(path));
  }

  async putPieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) {
      all.push(piece);
    }
    this.files.set(path, new Uint8Array(await new Blob(all as BlobPart[]).arrayBuffer()));
  }

  remove(path: string): Promise<void> {
    this.files.delete(path);
    return Promise.resolve();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

async function readAll(file: Blob, sink = new MemorySink()): Promise<MemorySink> {
  const project = await ProjectFile.open(file);
  await project.unpack(sink, new Set(), () => undefined, never);
  return sink;
}

async function zipOf(entries: Record<string, string>): Promise<Blob> {
  const { ZipWriter, BlobWriter, TextReader } = await loadZip();
  const zip = new ZipWriter(new BlobWriter(), { level: 0 });
  for (const [name, text] of Object.entries(entries)) {
    await zip.add(name, new TextReader(text));
  }
  return await zip.close();
}

describe('a project file', () => {
  let file: Blob;
  beforeAll(async () => {
    file = await write();
  });

  it('gives back what was put in, byte for byte', async () => {
    const project = await ProjectFile.open(file);
    expect(project.text).toBe(TEXT);
    expect(project.bytes).toBe(70_900);
    expect(project.clips).toHaveLength(1);
    const sink = new MemorySink();
    let bytes = 0;
    const made = await project.unpack(sink, new Set(), (more) => (bytes += more), never);
    expect(made).toEqual(FILES.map(({ path }) => path));
    expect(bytes).toBe(project.bytes);
    for (const { path, file: source } of FILES) {
      expect(sink.files.get(path)).toEqual(new Uint8Array(await source.arrayBuffer()));
    }
  });

  it('says what it is at its beginning, and is zip64 throughout', async () => {
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(bytes.subarray(0, 200).toString('latin1')).toContain(MIME_TYPE);
    expect(bytes.includes(Buffer.from([0x50, 0x4b, 0x06, 0x06]))).toBe(true);
  });

  it('leaves what is there already as it is, and what it is told to leave out', async () => {
    const sink = new MemorySink();
    const [first, , clip] = FILES.map(({ path }) => path);
    sink.files.set(first ?? '', new Uint8Array([1]));
    const project = await ProjectFile.open(file);
    const made = await project.unpack(sink, new Set([clip ?? '']), () => undefined, never);
    expect(made).toEqual([FILES[1]?.path]);
    expect(sink.files.get(first ?? '')).toEqual(new Uint8Array([1]));
  });

  it('is refused with nothing left, whichever byte is wrong', async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const wrong = bytes.slice();
          wrong[at] = (wrong[at] ?? 0) ^ by;
          const sink = new MemorySink();
          const code = await codeOf(readAll(new Blob([wrong]), sink));
          expect(code).toMatch(/^(none|project\/(damaged|foreign|newer))$/);
          // Where it was a byte that means nothing, such as a time, all the content is right.
          const expected = code === 'none' ? FILES : [];
          expect([...sink.files.keys()]).toEqual(expected.map(({ path }) => path));
          expect([...sink.files.values()].map(({ length }) => length)).toEqual(
            expected.map(({ file: { size } }) => size),
          );
        },
      ),
      { numRuns: 60 },
    );
  }, 90_000);

  it('is refused as damaged wherever it is cut short', async () => {
    for (const part of [0.02, 0.3, 0.9, 0.99]) {
      const sink = new MemorySink();
      const cut = file.slice(0, Math.floor(file.size * part));
      expect(await codeOf(readAll(cut, sink))).toBe('project/damaged');
      expect(sink.files.size).toBe(0);
    }
  });

  it('is refused as foreign where it is something else', async () => {
    expect(await codeOf(ProjectFile.open(new Blob([])))).toBe('project/foreign');
    expect(await codeOf(ProjectFile.open(new Blob(['GIF89a and so on'])))).toBe('project/foreign');
    const other = await zipOf({ 'word/document.xml': '<w/>' });
    expect(await codeOf(ProjectFile.open(other))).toBe('project/foreign');
  });

  it('is refused as newer by its format alone', async () => {
    const manifest = JSON.stringify({ format: FORMAT + 1, parts: [] });
    const newer = await zipOf({ [MIME_ENTRY]: MIME_TYPE, [MANIFEST_ENTRY]: manifest });
    expect(await codeOf(ProjectFile.open(newer))).toBe('project/newer');
  });

  it('can name no file outside its folders', async () => {
    const sha256 = '0'.repeat(64);
    for (const path of [
      '../a',
      'projects/x/snapshot-0',
      'pictures/../clips/a',
      'clips/a/b',
      '/a',
    ]) {
      const files = [
        { path: 'project.json', bytes: 2, sha256 },
        { path, bytes: 2, sha256 },
      ];
      const bad = await zipOf({
        [MIME_ENTRY]: MIME_TYPE,
        'project.json': '{}',
        [MANIFEST_ENTRY]: JSON.stringify({ format: FORMAT, files }),
      });
      expect(await codeOf(ProjectFile.open(bad))).toBe('project/damaged');
    }
  });

  it('leaves nothing when it is cancelled on the way', async () => {
    const abort = new AbortController();
    const sink = new MemorySink();
    const project = await ProjectFile.open(file);
    const unpacking = project.unpack(
      sink,
      new Set(),
      () => {
        abort.abort();
      },
      abort.signal,
    );
    expect(await codeOf(unpacking)).toBe('job/cancelled');
    expect(sink.files.size).toBe(0);
  });

  it('is not written at all when writing is cancelled', async () => {
    const abort = new AbortController();
    let state = 'open';
    const target = new WritableStream<Uint8Array>({
      write: () => {
        abort.abort();
      },
      close: () => {
        state = 'closed';
      },
      abort: () => {
        state = 'aborted';
      },
    });
    const writing = writeProjectFile(target, TEXT, FILES, () => undefined, abort.signal);
    expect(await codeOf(writing)).toBe('job/cancelled');
    expect(state).toBe('aborted');
  });
});

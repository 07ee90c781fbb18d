import '@ffmpeg/ffmpeg/worker';
import { createPipeFs, type EmscriptenFs } from './pipe-fs.ts';

/**
 * The worker of @ffmpeg/ffmpeg, whose messages it speaks, plus one file system. The package's worker puts the core's
 * factory on the global object and calls it from there: the accessor below adds the file system to what it makes.
 */
type Core = { readonly FS: EmscriptenFs };
type CoreFactory = (options: unknown) => Promise<Core>;

let factory: CoreFactory | undefined;

Object.defineProperty(globalThis, 'createFFmpegCore', {
  get: (): CoreFactory | undefined =>
    factory === undefined ? undefined : (options) => makeCore(options),
  set: (value: CoreFactory | undefined) => {
    factory = value;
  },
});

async function makeCore(options: unknown): Promise<Core> {
  if (factory === undefined) {
    throw new Error('the ffmpeg core has no factory');
  }
  const core = await factory(options);
  core.FS.filesystems['PIPEFS'] = createPipeFs(core.FS);
  return core;
}

import { checkAborted } from '../base/abort.ts';
import { AppError } from '../base/error.ts';
import type { ClipReader } from './clip-reader.ts';
import { fingerprintFile } from './fingerprint.ts';
import { openInBrowser, type OpenProgress } from './open-in-browser.ts';

/**
 * Opens a video file. The browser's own decoders come first, ffmpeg.wasm (loaded only then) where they fail. The
 * result belongs to the caller, who disposes it. Throws `media/…` AppErrors with a sentence for the user.
 */
export async function openClip(
  file: File,
  options: { signal?: AbortSignal; onProgress?: OpenProgress } = {},
): Promise<ClipReader> {
  if (file.size === 0) {
    throw new AppError('media/empty-file');
  }
  checkAborted(options.signal);
  const fingerprint = await fingerprintFile(file);
  const { reader } = await openInBrowser(file, {
    name: file.name,
    fingerprint,
    signal: options.signal,
    onProgress: options.onProgress,
    path: 'browser',
    notices: [],
  });
  return reader;
}

import { checkAborted } from '../base/abort.ts';
import { AppError, isCancelled, toAppError } from '../base/error.ts';
import type { ErrorCode } from '../base/error-codes.ts';
import type { ClipReader } from './clip-reader.ts';
import { fingerprintFile } from './fingerprint.ts';
import { openInBrowser, type BrowserOpenResult, type OpenProgress } from './open-in-browser.ts';
import { sniffFile, type Sniffed } from './sniff.ts';

export type OpenClipOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: OpenProgress;
};

/**
 * Opens a video file. The browser's own decoders come first, ffmpeg.wasm (loaded only then) where they fail. The
 * result belongs to the caller, who disposes it. Throws `media/…` AppErrors with a sentence for the user.
 */
export async function openClip(file: File, options: OpenClipOptions = {}): Promise<ClipReader> {
  if (file.size === 0) {
    throw new AppError('media/empty-file');
  }
  checkAborted(options.signal);
  const [sniffed, fingerprint] = await Promise.all([sniffFile(file), fingerprintFile(file)]);
  if (sniffed.notVideo !== null) {
    throw new AppError('media/not-a-video', sniffed.notVideo);
  }
  if (sniffed.encrypted) {
    throw new AppError('media/encrypted');
  }
  const browser = await tryBrowser(file, fingerprint, sniffed, options);
  if (!(browser instanceof AppError) && browser.doubt === null) {
    return browser.reader;
  }
  return await openByFallback(file, fingerprint, browser, options);
}

async function tryBrowser(
  file: File,
  fingerprint: string,
  sniffed: Sniffed,
  options: OpenClipOptions,
): Promise<BrowserOpenResult | AppError> {
  try {
    return await openInBrowser(file, {
      name: file.name,
      fingerprint,
      path: 'browser',
      notices: [],
      declaresSound: sniffed.declaresSound,
      signal: options.signal,
      onProgress: options.onProgress,
    });
  } catch (error) {
    const failure = toAppError(error, 'media/damaged');
    if (isFinal(failure) || (sniffed.lacksIndex && failure.code !== 'media/damaged')) {
      throw sniffed.lacksIndex && !isFinal(failure)
        ? new AppError('media/damaged', 'Its index is missing; the file was probably cut off.')
        : failure;
    }
    return failure;
  }
}

/** Failures that another decoder can't change. */
function isFinal(error: AppError): boolean {
  const tracks = (error.cause as { audioTracks?: number } | undefined)?.audioTracks ?? 0;
  const soundOnly = error.code === 'media/no-video-track' && tracks > 0;
  return isCancelled(error) || error.code === 'media/encrypted' || soundOnly;
}

async function openByFallback(
  file: File,
  fingerprint: string,
  browser: BrowserOpenResult | AppError,
  options: OpenClipOptions,
): Promise<ClipReader> {
  const reason = browser instanceof AppError ? explain(browser) : (browser.doubt ?? '');
  let fallback: ClipReader | AppError;
  try {
    checkAborted(options.signal);
    const { openWithFfmpeg } = await import('./ffmpeg/open-with-ffmpeg.ts');
    fallback = await openWithFfmpeg({
      file,
      fingerprint,
      reason,
      triesRemux: !(browser instanceof AppError) || !isDecoderFault(browser),
      signal: options.signal,
      onProgress: options.onProgress,
    });
  } catch (error) {
    fallback = toAppError(error, 'media/fallback-failed');
  }
  if (browser instanceof AppError) {
    if (fallback instanceof AppError) {
      throw isCancelled(fallback) ? fallback : clearer(browser, fallback);
    }
    return fallback;
  }
  // Both opened it: the one that shows more of the file wins, and on a tie the faster one.
  if (fallback instanceof AppError || fallback.times.length <= browser.reader.times.length) {
    if (!(fallback instanceof AppError)) {
      fallback.dispose();
    } else if (isCancelled(fallback)) {
      browser.reader.dispose();
      throw fallback;
    }
    return browser.reader;
  }
  browser.reader.dispose();
  return fallback;
}

function isDecoderFault(error: AppError): boolean {
  return error.code === 'media/unsupported-codec' || error.code === 'media/decode-failed';
}

function explain(error: AppError): string {
  if (error.code === 'media/unsupported-codec') {
    return 'this browser can’t decode its codec';
  }
  if (error.code === 'media/not-a-video' || error.code === 'media/no-video-track') {
    return 'this browser can’t read its container';
  }
  return 'this browser stumbles over damage in it';
}

/** Of two failures the one that tells the user more: a codec's name, encryption, then what was found first. */
function clearer(browser: AppError, fallback: AppError): AppError {
  const order: readonly ErrorCode[] = [
    'media/encrypted',
    'media/unsupported-codec',
    'media/damaged',
  ];
  for (const code of order) {
    const found = [fallback, browser].find((error) => error.code === code);
    if (found !== undefined) {
      return found;
    }
  }
  const told = fallback.code === 'media/fallback-failed' ? browser : fallback;
  // On opening, a frame that can't be decoded means that none can.
  return told.code === 'media/decode-failed'
    ? new AppError('media/damaged', '', { cause: told })
    : told;
}

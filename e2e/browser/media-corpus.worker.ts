import { toAppError } from '../../src/base/error.ts';
import { openClip } from '../../src/media/open-clip.ts';
import type { ClipInfo } from '../../src/protocol/media.ts';

/** What came of one file of a corpus. */
export type CorpusOutcome = {
  readonly outcome: 'opens' | 'opens-with-fallback' | 'clear-error';
  /** The error's sentence, or what was opened. */
  readonly message: string;
  readonly info: ClipInfo | null;
};

/** Opens a clip and decodes its first, middle and last frames, and what lies between where that is little. */
async function inspect(file: File): Promise<CorpusOutcome> {
  try {
    const clip = await openClip(file);
    const { info, times } = clip;
    const count = times.length;
    for (const index of new Set([0, count >> 1, count - 1])) {
      const { picture } = await clip.frame(index);
      if (picture.width !== info.width || picture.height !== info.height) {
        throw new Error(`frame ${index} has ${picture.width} x ${picture.height} pixels`);
      }
    }
    const to = Math.min(count, 12);
    let seen = 0;
    for await (const frame of clip.frames(0, to)) {
      seen += frame.index === seen ? 1 : 0;
    }
    if (seen !== to || count !== info.frameCount) {
      throw new Error(`${seen} of the first ${to} frames came`);
    }
    clip.dispose();
    return {
      outcome: info.path === 'ffmpeg' ? 'opens-with-fallback' : 'opens',
      message: describe(info),
      info,
    };
  } catch (error) {
    const known = toAppError(error, 'internal/assert');
    const isClear = known.code.startsWith('media/');
    return {
      outcome: isClear ? 'clear-error' : ('crash' as CorpusOutcome['outcome']),
      message: known.message,
      info: null,
    };
  }
}

function describe(info: ClipInfo): string {
  const sound = info.audio === null ? 'no sound' : info.audio.codec;
  return `${info.videoCodec} ${info.width}x${info.height}, ${info.frameCount} frames, ${sound}`;
}

addEventListener('message', (event: MessageEvent<File>) => {
  void inspect(event.data).then((outcome) => postMessage(outcome));
});

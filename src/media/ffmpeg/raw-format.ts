import type { ProbedVideo } from './probe.ts';

/** How ffmpeg hands over pixels, chosen so that the browser's own colour conversion does the rest. */
export type RawFormat = {
  /** ffmpeg's `-pix_fmt`. */
  readonly pixelFormat: string;
  readonly frameFormat: VideoPixelFormat;
  readonly frameBytes: number;
  readonly colorSpace: VideoColorSpaceInit;
};

/** Heights below this are BT.601 where a file says nothing, as its makers and players assume. */
const HD_HEIGHT = 720;

// Names of the W3C registry, some newer than TypeScript's lists.
const PRIMARIES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  bt2020: 'bt2020',
  smpte432: 'smpte432',
};
const TRANSFERS: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  smpte170m: 'smpte170m',
  'iec61966-2-1': 'iec61966-2-1',
  linear: 'linear',
  smpte2084: 'pq',
  'arib-std-b67': 'hlg',
};
const MATRICES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  bt470bg: 'bt470bg',
  smpte170m: 'smpte170m',
  bt2020nc: 'bt2020-ncl',
};

export function isHdr(video: ProbedVideo): boolean {
  const transfer = TRANSFERS[video.transfer];
  return transfer === 'pq' || transfer === 'hlg';
}

export function chooseRawFormat(video: ProbedVideo): RawFormat {
  const { codedWidth: width, codedHeight: height, pixelFormat } = video;
  if (/rgb|bgr|gbr|pal|yuva|^ya|mono/.test(pixelFormat)) {
    return {
      pixelFormat: 'rgba',
      frameFormat: 'RGBA',
      frameBytes: width * height * 4,
      colorSpace: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'rgb', fullRange: true },
    };
  }
  const layout = pixelFormat.includes('444') ? '444' : pixelFormat.includes('422') ? '422' : '420';
  // Tone-mapping stretches dark tones: eight bits would show bands there.
  const deep = isHdr(video) && layout === '420';
  const chromaWidth = layout === '444' ? width : (width + 1) >> 1;
  const chromaHeight = layout === '420' ? (height + 1) >> 1 : height;
  const samples = width * height + 2 * chromaWidth * chromaHeight;
  const fallback = height < HD_HEIGHT ? 'smpte170m' : 'bt709';
  return {
    pixelFormat: deep ? 'yuv420p10le' : `${video.fullRange ? 'yuvj' : 'yuv'}${layout}p`,
    frameFormat: (deep ? 'I420P10' : `I${layout}`) as VideoPixelFormat,
    frameBytes: deep ? samples * 2 : samples,
    colorSpace: {
      primaries: PRIMARIES[video.primaries] ?? fallback,
      transfer: TRANSFERS[video.transfer] ?? fallback,
      matrix: MATRICES[video.matrix] ?? fallback,
      fullRange: video.fullRange,
    } as VideoColorSpaceInit,
  };
}

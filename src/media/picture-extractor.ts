import { must } from '../base/assert.ts';
import type { Size } from '../base/units.ts';
import type { Picture } from '../protocol/media.ts';

/** How coded pixels become the shown picture: turn clockwise, then mirror left to right. */
export type Orientation = { readonly rotation: 0 | 90 | 180 | 270; readonly flip: boolean };

/**
 * Turns decoded frames into pictures as shown, 8-bit sRGB RGBA without transparency (black behind). Matrix, range and
 * transfer of the file are converted by the browser. One instance per clip: it keeps a canvas for frames that must be
 * scaled.
 */
export class PictureExtractor {
  readonly #size: Size;
  readonly #orientation: Orientation;
  #context: OffscreenCanvasRenderingContext2D | null = null;

  /** `size` is the shown size, after turning and pixel aspect. */
  constructor(size: Size, orientation: Orientation) {
    this.#size = size;
    this.#orientation = orientation;
  }

  /** Reads a frame; the caller still owns and closes it. */
  async extract(frame: VideoFrame): Promise<Picture> {
    const { width, height } = this.#size;
    const rect = must(frame.visibleRect, 'visible rectangle');
    const turned = this.#orientation.rotation % 180 !== 0;
    const fits = turned
      ? rect.width === height && rect.height === width
      : rect.width === width && rect.height === height;
    if (!fits) {
      return this.#draw(frame);
    }
    const pixels = new Uint8ClampedArray(rect.width * rect.height * 4);
    await frame.copyTo(pixels, {
      rect: { x: rect.x, y: rect.y, width: rect.width, height: rect.height },
      format: 'RGBA',
      colorSpace: 'srgb',
      layout: [{ offset: 0, stride: rect.width * 4 }],
    });
    if (frame.format?.includes('A') === true) {
      placeOnBlack(pixels);
    }
    return orient({ width: rect.width, height: rect.height, data: pixels }, this.#orientation);
  }

  /** The way for frames that need scaling: pixel aspect, or a size that changes within the clip. */
  #draw(frame: VideoFrame): Picture {
    const { width, height } = this.#size;
    const { rotation, flip } = this.#orientation;
    if (this.#context === null) {
      const canvas = new OffscreenCanvas(width, height);
      this.#context = must(
        canvas.getContext('2d', { alpha: false, willReadFrequently: true, colorSpace: 'srgb' }),
        '2D context',
      );
    }
    const context = this.#context;
    context.imageSmoothingQuality = 'high';
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    if (flip) {
      context.scale(-1, 1);
    }
    context.rotate((rotation * Math.PI) / 180);
    const [w, h] = rotation % 180 === 0 ? [width, height] : [height, width];
    context.drawImage(frame, -w / 2, -h / 2, w, h);
    const image = context.getImageData(0, 0, width, height);
    return { width, height, data: image.data };
  }
}

/** Composites straight-alpha pixels over black in place; the result is opaque. */
function placeOnBlack(pixels: Uint8ClampedArray): void {
  for (let i = 3; i < pixels.length; i += 4) {
    const alpha = pixels[i] ?? 255;
    if (alpha !== 255) {
      for (let c = i - 3; c < i; c++) {
        pixels[c] = ((pixels[c] ?? 0) * alpha) / 255;
      }
      pixels[i] = 255;
    }
  }
}

/** Turns and mirrors a picture; upright ones come back as they are. */
export function orient(picture: Picture, orientation: Orientation): Picture {
  const { rotation, flip } = orientation;
  if (rotation === 0 && !flip) {
    return picture;
  }
  const { width, height } = picture;
  const turned = rotation % 180 !== 0;
  const outWidth = turned ? height : width;
  const outHeight = turned ? width : height;
  const source = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height);
  const target = new Uint32Array(width * height);
  // Source position of the output's first pixel, and the steps to its neighbours right and below.
  const corner = { 0: 0, 90: width * (height - 1), 180: width * height - 1, 270: width - 1 }[
    rotation
  ];
  const right = { 0: 1, 90: -width, 180: -1, 270: width }[rotation];
  const down = { 0: width, 90: 1, 180: -width, 270: -1 }[rotation];
  const step = flip ? -right : right;
  const first = flip ? corner + right * (outWidth - 1) : corner;
  let out = 0;
  for (let y = 0; y < outHeight; y++) {
    let at = first + y * down;
    for (let x = 0; x < outWidth; x++, at += step) {
      target[out++] = source[at] ?? 0;
    }
  }
  return { width: outWidth, height: outHeight, data: new Uint8ClampedArray(target.buffer) };
}

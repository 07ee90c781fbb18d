import { must } from '../../base/assert.ts';
import type { Size } from '../../base/units.ts';
import type { Picture } from '../../protocol/media.ts';

/** The viewer's canvas and the scratch canvases that scale pictures for it. */
export class Painter {
  #canvas: OffscreenCanvas | null = null;
  #size: Size | null = null;
  readonly #full = new Scratch();
  readonly #source = new Scratch();
  readonly #edited = new Scratch();

  attach(canvas: OffscreenCanvas): void {
    this.#canvas = canvas;
  }

  /** Takes effect with the next `paint`: a canvas that gets another size is empty until it is drawn again. */
  resize(size: Size): void {
    this.#size = { width: Math.max(1, size.width), height: Math.max(1, size.height) };
  }

  /** The size worth compositing at: that of the canvas, but no larger than the picture. */
  workSize(picture: Size): Size {
    const shown = this.#size ?? picture;
    return {
      width: Math.min(picture.width, shown.width),
      height: Math.min(picture.height, shown.height),
    };
  }

  /** Takes the source picture for the next `paint`, scaled to `size`. */
  setSource(picture: Picture, size: Size): void {
    this.#source.take(picture, size, this.#full);
  }

  /** The source as `setSource` scaled it. */
  readSource(): Picture {
    return this.#source.read();
  }

  /** Draws the source left of `split` (0 to 1) and `edited` right of it; the source alone where that is null. */
  paint(edited: Picture | null, split: number): void {
    const canvas = this.#canvas;
    if (canvas === null) {
      return;
    }
    fit(canvas, this.#size ?? this.#source.canvas);
    const context = must(canvas.getContext('2d', { alpha: false }), 'a 2D context');
    context.imageSmoothingQuality = 'medium';
    const { width, height } = canvas;
    context.drawImage(this.#source.canvas, 0, 0, width, height);
    const from = Math.round(split * width);
    if (edited === null || from >= width) {
      return;
    }
    this.#edited.take(edited, edited, this.#full);
    context.save();
    context.beginPath();
    context.rect(from, 0, width - from, height);
    context.clip();
    context.drawImage(this.#edited.canvas, 0, 0, width, height);
    context.restore();
  }
}

/** A picture as a bitmap that the caller owns (and closes or transfers). */
export function toBitmap(picture: Picture): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(picture.data, picture.width, picture.height));
}

/** Scales pictures on canvases of its own. */
export class PictureScaler {
  readonly #full = new Scratch();
  readonly #scaled = new Scratch();

  scale(picture: Picture, size: Size): Picture {
    if (isSame(picture, size)) {
      return picture;
    }
    this.#scaled.take(picture, size, this.#full);
    return this.#scaled.read();
  }
}

class Scratch {
  /** Kept in main memory: pixels are put in and read back all the time. */
  readonly canvas = new OffscreenCanvas(1, 1);
  readonly #context = must(
    this.canvas.getContext('2d', { alpha: false, willReadFrequently: true }),
    'a 2D context',
  );

  put(picture: Picture): void {
    fit(this.canvas, picture);
    this.#context.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
  }

  /** Takes a picture at a size; `through` holds it at its own size in between. */
  take(picture: Picture, size: Size, through: Scratch): void {
    if (isSame(picture, size)) {
      this.put(picture);
      return;
    }
    through.put(picture);
    fit(this.canvas, size);
    this.#context.imageSmoothingQuality = 'medium';
    this.#context.drawImage(through.canvas, 0, 0, size.width, size.height);
  }

  read(): Picture {
    const { width, height } = this.canvas;
    const { data } = this.#context.getImageData(0, 0, width, height);
    return { width, height, data: data as Uint8ClampedArray<ArrayBuffer> };
  }
}

/** Setting a size empties a canvas, even if it is the size it has. */
function fit(canvas: OffscreenCanvas, size: Size): void {
  if (!isSame(canvas, size)) {
    canvas.width = size.width;
    canvas.height = size.height;
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

import { must } from '../../base/assert.ts';
import type { Size } from '../../base/units.ts';
import type { Picture } from '../../protocol/media.ts';
import { fitInto, type Box } from '../letterbox.ts';

/** Part of the aspect. */
const SAME_SHAPE = 0.01;

/** The viewer's canvas and the scratch canvases that scale pictures for it. */
export class Painter {
  #canvas: OffscreenCanvas | null = null;
  #size: Size | null = null;
  #aspect: number | null = null;
  readonly #full = new Scratch();
  readonly #source = new Scratch();
  readonly #edited = new Scratch();
  readonly #over = new Scratch({ isClear: true });

  attach(canvas: OffscreenCanvas): void {
    this.#canvas = canvas;
  }

  /** Takes effect with the next `paint`: a canvas that gets another size is empty until it is drawn again. */
  resize(size: Size): void {
    this.#size = { width: Math.max(1, size.width), height: Math.max(1, size.height) };
  }

  /** Of what the canvas shows: a picture of another shape stands in its middle. Null: every picture fills it. */
  setAspect(aspect: number | null): void {
    this.#aspect = aspect;
  }

  /** The size worth compositing at: that of its place on the canvas, but no larger than the picture. */
  workSize(picture: Size): Size {
    const shown = this.#size === null ? picture : this.#place(picture, this.#size);
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
    const place = this.#place(this.#source.canvas, canvas);
    if (place.width < width || place.height < height) {
      context.fillStyle = '#000';
      context.fillRect(0, 0, width, height);
    }
    context.drawImage(this.#source.canvas, place.x, place.y, place.width, place.height);
    const from = Math.round(split * width);
    if (edited === null || from >= width) {
      return;
    }
    this.#edited.take(edited, edited, this.#full);
    context.save();
    context.beginPath();
    context.rect(from, 0, width - from, height);
    context.clip();
    context.drawImage(this.#edited.canvas, place.x, place.y, place.width, place.height);
    context.restore();
  }

  /** Draws a picture with its own transparency over what `paint` drew, in the place of the source. */
  lay(picture: Picture): void {
    const canvas = this.#canvas;
    if (canvas !== null) {
      const context = must(canvas.getContext('2d', { alpha: false }), 'a 2D context');
      const place = this.#place(this.#source.canvas, canvas);
      this.#over.put(picture);
      context.drawImage(this.#over.canvas, place.x, place.y, place.width, place.height);
    }
  }

  /** Shapes that differ by less than rounding to pixels explains are the same: such a picture fills the canvas. */
  #place(picture: Size, canvas: Size): Box {
    const whole = { x: 0, y: 0, width: canvas.width, height: canvas.height };
    const aspect = this.#aspect ?? 0;
    const isOther =
      aspect > 0 && Math.abs(picture.width / picture.height / aspect - 1) > SAME_SHAPE;
    return isOther ? fitInto(picture, canvas) : whole;
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
  readonly #context: OffscreenCanvasRenderingContext2D;

  /** `isClear`: pictures keep their transparency. */
  constructor({ isClear = false } = {}) {
    const options = { alpha: isClear, willReadFrequently: true };
    this.#context = must(this.canvas.getContext('2d', options), 'a 2D context');
  }

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

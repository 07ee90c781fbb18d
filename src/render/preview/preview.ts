import { checkAborted } from '../../base/abort.ts';
import { openClip } from '../../media/open-clip.ts';
import type { ClipReader } from '../../media/clip-reader.ts';
import { toMicroseconds, type Size } from '../../base/units.ts';
import type { ClipInfo, Frame } from '../../protocol/media.ts';
import type { RuntimeChoice } from '../../protocol/engine.ts';
import type { PreviewedClip, PreviewService, Shown, View } from '../../protocol/preview.ts';
import type { Rendered, Renderer } from '../renderer.ts';
import { FeedPool } from './feed-pool.ts';
import { maskPicture } from './mask-picture.ts';
import { Painter, PictureScaler, toBitmap } from './painter.ts';

/** Frames decoded beyond the one on screen while nothing else is asked for. */
const READ_AHEAD = 8;

type Wish = {
  readonly view: View;
  readonly resolve: (shown: Shown | null) => void;
  readonly reject: (error: unknown) => void;
};

/** The viewer: the clips of a project, one canvas, one draw at a time. Reads stored pictures, never waits for the job that makes them. */
export class Preview implements PreviewService {
  readonly #openRenderer: (runtime: RuntimeChoice) => Promise<Renderer>;
  #runtime: RuntimeChoice = 'auto';
  #renderer: Promise<Renderer> | null = null;
  readonly #painter = new Painter();
  readonly #scaler = new PictureScaler();
  /** By fingerprint, in the order of opening. */
  readonly #clips = new Map<string, ClipReader>();
  readonly #feeds = new FeedPool();
  /** The view drawn last: what is decoded ahead follows it. */
  #drawn: View | null = null;
  #opening = new AbortController();
  #wish: Wish | null = null;
  /** While views are being drawn. */
  #drawing: Promise<void> | null = null;

  /** `openRenderer` is called when the first edit is drawn, and again only if that failed. */
  constructor(openRenderer: (runtime: RuntimeChoice) => Promise<Renderer>) {
    this.#openRenderer = openRenderer;
  }

  attach(canvas: OffscreenCanvas): void {
    this.#painter.attach(canvas);
  }

  resize(width: number, height: number): void {
    this.#painter.resize({ width: Math.round(width), height: Math.round(height) });
  }

  /** The clips shown before stay until the new one is open, so that a file that can't be opened changes nothing. */
  async open(source: File, runtime: RuntimeChoice = 'auto'): Promise<PreviewedClip> {
    const reader = await this.#read(source);
    this.#putAway();
    this.#useRuntime(runtime);
    return this.#keep(reader);
  }

  async add(source: File): Promise<PreviewedClip> {
    return this.#keep(await this.#read(source));
  }

  show(view: View): Promise<Shown | null> {
    this.#wish?.resolve(null);
    return new Promise((resolve, reject) => {
      this.#wish = { view, resolve, reject };
      this.#startDrawing();
    });
  }

  async thumbnails(
    view: View,
    frames: readonly number[],
    height: number,
    onThumbnail: (frame: number, image: ImageBitmap) => void,
  ): Promise<void> {
    const clip = this.#clipOf(view);
    for (const index of frames) {
      // The viewer comes first; a thumbnail is made in the pauses between two draws.
      await this.#drawing;
      if (clip === null || !this.#isOpen(clip)) {
        return;
      }
      try {
        const image = await this.#thumbnail(clip, { ...view, frame: index }, height);
        onThumbnail(index, image);
      } catch (error) {
        if (this.#isOpen(clip)) {
          throw error;
        }
      }
    }
  }

  close(): void {
    this.#opening.abort();
    this.#putAway();
  }

  /** The renderer of another choice goes; the next draw makes the one that is wanted now. */
  #useRuntime(runtime: RuntimeChoice): void {
    if (runtime !== this.#runtime) {
      this.#runtime = runtime;
      const old = this.#renderer;
      this.#renderer = null;
      old?.then(
        (renderer) => renderer.dispose(),
        () => undefined,
      );
    }
  }

  /** Opening one file ends the opening of another. */
  async #read(source: File): Promise<ClipReader> {
    this.#opening.abort();
    this.#opening = new AbortController();
    const { signal } = this.#opening;
    const reader = await openClip(source, { signal });
    if (signal.aborted) {
      reader.dispose();
    }
    checkAborted(signal);
    return reader;
  }

  #keep(reader: ClipReader): PreviewedClip {
    const { info, times, sound } = reader;
    const before = this.#clips.get(info.fingerprint);
    if (before !== undefined) {
      this.#feeds.drop(before);
      before.dispose();
    }
    this.#clips.set(info.fingerprint, reader);
    const soundStart = sound === null ? null : toMicroseconds(sound.start);
    return { info, times, soundStart };
  }

  #clipOf({ clip }: View): ClipReader | null {
    const [first = null] = this.#clips.values();
    return clip === undefined ? first : (this.#clips.get(clip) ?? null);
  }

  #isOpen(clip: ClipReader): boolean {
    return this.#clips.get(clip.info.fingerprint) === clip;
  }

  #putAway(): void {
    this.#wish?.resolve(null);
    this.#wish = null;
    this.#drawn = null;
    this.#feeds.clear();
    for (const reader of this.#clips.values()) {
      reader.dispose();
    }
    this.#clips.clear();
  }

  async #thumbnail(clip: ClipReader, view: View, height: number): Promise<ImageBitmap> {
    const frame = await clip.frame(view.frame);
    const picture = this.#scaler.scale(frame.picture, thumbnailSize(frame.picture, height));
    const rendered = await this.#render(view, clip.info, { ...frame, picture });
    return await toBitmap(rendered.picture);
  }

  #startDrawing(): void {
    this.#drawing ??= this.#drawWishes().finally(() => {
      this.#drawing = null;
      if (this.#wish !== null) {
        this.#startDrawing();
      } else {
        this.#decodeAhead();
      }
    });
  }

  #decodeAhead(): void {
    const view = this.#drawn;
    const clip = view === null ? null : this.#clipOf(view);
    if (view === null || clip === null) {
      return;
    }
    const next = view.stretch?.next ?? null;
    const nextClip = next === null ? undefined : this.#clips.get(next.clip);
    void this.#feeds
      .get(clip, view.stretch?.id)
      .readAhead(READ_AHEAD)
      .then(() => {
        if (next !== null && nextClip !== undefined && this.#isOpen(nextClip)) {
          this.#feeds.prepare(nextClip, next.id, next.frame);
        }
      });
  }

  async #drawWishes(): Promise<void> {
    while (this.#wish !== null) {
      const { view, resolve, reject } = this.#wish;
      this.#wish = null;
      const clip = this.#clipOf(view);
      try {
        resolve(clip === null ? null : await this.#draw(clip, view));
      } catch (error) {
        if (clip !== null && this.#isOpen(clip)) {
          reject(error);
        } else {
          resolve(null);
        }
      }
    }
  }

  async #draw(clip: ClipReader, view: View): Promise<Shown | null> {
    this.#drawn = view;
    const frame = await this.#feeds.get(clip, view.stretch?.id).get(view.frame);
    this.#painter.setAspect(view.stretch?.aspect ?? null);
    const size = this.#painter.workSize(frame.picture);
    this.#painter.setSource(frame.picture, size);
    if (view.split >= 1) {
      this.#painter.paint(null, 1);
      this.#layMask(view, frame, size);
      return { frame: frame.index, state: 'source' };
    }
    const source = { ...frame, picture: this.#painter.readSource() };
    const rendered = await this.#render(view, clip.info, source);
    if (!this.#isOpen(clip)) {
      return null;
    }
    const isUntouched = rendered.picture === source.picture;
    this.#painter.paint(isUntouched ? null : rendered.picture, view.split);
    this.#layMask(view, frame, size);
    return { frame: frame.index, state: rendered.state };
  }

  #layMask({ mask }: View, frame: Frame, size: Size): void {
    if (mask !== undefined) {
      this.#painter.lay(maskPicture(mask.track, frame.time, mask.look, size));
    }
  }

  async #render(view: View, info: ClipInfo, frame: Frame): Promise<Rendered> {
    const clip = view.project.clips.find(({ fingerprint }) => fingerprint === info.fingerprint);
    const isEdited = view.project.edits.some(({ clipId }) => clipId === clip?.id);
    if (clip === undefined || !isEdited) {
      return { picture: frame.picture, state: 'source' };
    }
    this.#renderer ??= this.#openRenderer(this.#runtime).catch((error: unknown) => {
      this.#renderer = null;
      throw error;
    });
    const renderer = await this.#renderer;
    return renderer.render(view.project, view.results, clip.id, frame);
  }
}

function thumbnailSize(picture: Size, height: number): Size {
  const scale = Math.min(1, height / picture.height);
  return {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  };
}

import type { Transfer } from '../../e2e/browser/picture-transfer.ts';
import type { ClipEdit } from '../../e2e/browser/starter-clips.ts';
import { openHarness, type Harness } from '../../e2e/support/browser.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import type { EditSummary } from '../../src/protocol/engine.ts';

const MODULE = 'e2e/browser/starter-clips.ts';

export type ShownFrame = { readonly source: Picture; readonly edited: Picture };

/** The page in which clips are edited; whoever opens it closes it. */
export class ClipsPage {
  readonly #harness: Harness;

  private constructor(harness: Harness) {
    this.#harness = harness;
  }

  static async open(): Promise<ClipsPage> {
    return new ClipsPage(await openHarness());
  }

  /** `path`: of the clip on disk. */
  async edit(path: string, edit: Omit<ClipEdit, 'file'>): Promise<EditSummary> {
    const file = await this.#harness.provideFile(path);
    return await this.#harness.call<EditSummary>(MODULE, 'editClip', { ...edit, file });
  }

  /** A frame of the last edit, at model size. */
  async shownFrame(index: number): Promise<ShownFrame> {
    const { source, edited } = await this.#harness.call<{ source: Transfer; edited: Transfer }>(
      MODULE,
      'shownFrame',
      index,
    );
    return { source: rgbaOf(source), edited: rgbaOf(edited) };
  }

  /** Removes what the last edit stored, decoded sources included. */
  async forget(): Promise<void> {
    await this.#harness.call(MODULE, 'forgetPictures');
  }

  async close(): Promise<void> {
    await this.#harness.close();
  }
}

function rgbaOf({ width, height, rgb }: Transfer): Picture {
  const bytes = Buffer.from(rgb, 'base64');
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    data.set(bytes.subarray(i * 3, i * 3 + 3), i * 4);
  }
  return { width, height, data };
}

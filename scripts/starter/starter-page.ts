import type { Transfer } from '../../e2e/browser/picture-transfer.ts';
import type { EditCall, SheetRow } from '../../e2e/browser/starter.ts';
import { openHarness, type Harness } from '../../e2e/support/browser.ts';
import type { Size } from '../../src/base/units.ts';

const MODULE = 'e2e/browser/starter.ts';
/** Pictures per message: one of 256 x 256 pixels takes 262 kB. */
const MOST_PICTURES = 8;

/** The page in which the package runs; whoever opens it closes it. */
export class StarterPage {
  readonly #harness: Harness;

  private constructor(harness: Harness) {
    this.#harness = harness;
  }

  static async open(): Promise<StarterPage> {
    return new StarterPage(await openHarness());
  }

  async loadModel(id: string, size: Size): Promise<void> {
    await this.#call('loadModel', id, size);
  }

  /** A coded picture, scaled to `size`. */
  async decodeImage(bytes: Uint8Array, size: Size): Promise<Transfer> {
    return await this.#call('decodeImage', Buffer.from(bytes).toString('base64'), size);
  }

  async passThrough(pictures: readonly Transfer[]): Promise<Transfer[]> {
    const passed: Transfer[] = [];
    for (let from = 0; from < pictures.length; from += MOST_PICTURES) {
      const some = pictures.slice(from, from + MOST_PICTURES);
      passed.push(...(await this.#call<Transfer[]>('passThrough', some)));
    }
    return passed;
  }

  /** Takes the place of what was held before. */
  async holdPictures(pictures: readonly Transfer[]): Promise<Transfer[]> {
    return await this.#call('holdPictures', pictures);
  }

  /** Plain decodes: per number of steps, per entry. */
  async editPictures(call: EditCall): Promise<Transfer[][]> {
    return await this.#call('editPictures', call);
  }

  async drawSheet(titles: readonly string[], rows: readonly SheetRow[]): Promise<Buffer> {
    return Buffer.from(await this.#call<string>('drawSheet', titles, rows), 'base64');
  }

  async close(): Promise<void> {
    await this.#harness.close();
  }

  async #call<T>(name: string, ...args: unknown[]): Promise<T> {
    return await this.#harness.call<T>(MODULE, name, ...args);
  }
}

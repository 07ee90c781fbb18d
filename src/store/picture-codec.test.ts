import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../base/error.ts';
import type { Picture } from '../protocol/media.ts';
import { decodePicture, encodePicture } from './picture-codec.ts';

const noise = fc
  .record({ width: fc.integer({ min: 1, max: 24 }), height: fc.integer({ min: 1, max: 24 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((bytes) => opaque(width, height, bytes)),
  );

const smooth = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer())
  .map(([width, height, seed]) => gradient(width, height, seed));

function opaque(width: number, height: number, bytes: ArrayLike<number>): Picture {
  const data = new Uint8ClampedArray(bytes);
  for (let at = 3; at < data.length; at += 4) {
    data[at] = 255;
  }
  return { width, height, data };
}

function gradient(width: number, height: number, seed: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < data.length; at += 4) {
    const x = (at / 4) % width;
    const y = Math.floor(at / 4 / width);
    data.set([(x * 3 + seed) & 0xff, (y * 2) & 0xff, (x + y + seed) & 0xff, 255], at);
  }
  return { width, height, data };
}

describe('picture codec', () => {
  it('gives back every picture exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(noise, smooth), async (picture) => {
        expect(await decodePicture(encodePicture(picture))).toEqual(picture);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('packs a smooth picture well below its raw size', async () => {
    const picture = gradient(256, 256, 7);
    expect(encodePicture(picture).length).toBeLessThan(256 * 256 * 3 * 0.05);
  });

  it('calls any changed byte or cut end damaged', async () => {
    const whole = encodePicture(gradient(31, 17, 3));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, change, isCut) => {
          const bytes = isCut ? whole.slice(0, at) : whole.slice();
          if (!isCut) {
            bytes[at] = (bytes[at] ?? 0) ^ change;
          }
          await expect(decodePicture(bytes)).rejects.toMatchObject({ code: 'store/damaged' });
        },
      ),
      { seed: 8, numRuns: 300 },
    );
  });

  it('calls bytes that are no picture damaged, whatever their checksum', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await expect(decodePicture(new Uint8Array(bytes))).rejects.toBeInstanceOf(AppError);
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('refuses a well-formed file whose rows are too few or too many', async () => {
    const bytes = encodePicture(gradient(8, 8, 1));
    for (const height of [7, 9]) {
      await expect(decodePicture(await withHeight(bytes, height))).rejects.toMatchObject({
        code: 'store/damaged',
      });
    }
  });
});

/** The same file with another height and a checksum that fits. */
async function withHeight(
  bytes: Uint8Array<ArrayBuffer>,
  height: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const { crc32 } = await import('./crc32.ts');
  const out = bytes.slice();
  const view = new DataView(out.buffer);
  view.setUint32(12, height, true);
  view.setUint32(4, crc32(out.subarray(8)), true);
  return out;
}

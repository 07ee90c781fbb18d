import type { Microseconds, Size } from '../../base/units.ts';
import { rasteriseMask } from '../../gpu/kernels/mask/mask.cpu.ts';
import type { MaskTrack } from '../../project/document.ts';
import { evaluateMask } from '../../project/evaluate.ts';
import type { Picture } from '../../protocol/media.ts';

/** The colour of masks, and how much of it lies over what is fully covered. */
const TINT = [255, 179, 92] as const;
const TINT_SHARE = 0.42;

/** A mask to be looked at: in colour where it covers, clear elsewhere; or itself, white where it covers. */
export function maskPicture(
  track: MaskTrack,
  time: Microseconds,
  look: 'tint' | 'matte',
  size: Size,
): Picture {
  const { width, height } = size;
  const mask = rasteriseMask(evaluateMask(track, time), { width, height });
  const data = new Uint8ClampedArray(width * height * 4);
  mask.forEach((value, i) => {
    if (look === 'matte') {
      data.fill(value, i * 4, i * 4 + 3);
      data[i * 4 + 3] = 255;
    } else {
      data.set(TINT, i * 4);
      data[i * 4 + 3] = value * TINT_SHARE;
    }
  });
  return { width, height, data };
}

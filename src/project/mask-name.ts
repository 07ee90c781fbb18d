import type { MaskLayer, MaskTrack } from './document.ts';

/**
 * What of a mask names stored pictures, as plain data: equal names, equal masks at every moment. Layers' ids are left
 * out. A mask that version 1 of the document could hold keeps the name it had there, so that pictures made then are
 * found. Null stays null.
 */
export function nameOfMask(mask: MaskTrack | null): unknown {
  if (mask === null) {
    return null;
  }
  const { feather, grow, invert, layers } = mask;
  const [layer] = layers;
  const isOne = layer !== undefined && layers.length === 1 && grow === 0;
  if (isOne && layer.combine === 'add' && isBoxOfVersion1(layer)) {
    const keyframes = layer.keyframes.map(({ time, x, y, width, height }) => {
      return { time, x, y, width, height };
    });
    return { shape: layer.shape, feather, invert, keyframes };
  }
  return { feather, grow, invert, layers: layers.map((one) => ({ ...one, id: '' })) };
}

/** The mask as the latents see it: without its soft rim, which only compositing uses and may change freely. */
export function steeringMask(mask: MaskTrack | null): MaskTrack | null {
  return mask === null ? null : { ...mask, feather: 0 };
}

function isBoxOfVersion1(
  layer: MaskLayer,
): layer is Extract<MaskLayer, { shape: 'rectangle' | 'ellipse' }> {
  if (layer.shape !== 'rectangle' && layer.shape !== 'ellipse') {
    return false;
  }
  const last = layer.keyframes.length - 1;
  return layer.keyframes.every(
    ({ easing, rotation }, i) => rotation === 0 && (easing === 'linear' || i === last),
  );
}

import { Brush, CircleDashed, Layers, PenTool, SquareDashed, type LucideIcon } from 'lucide-react';
import type { MaskShapeKind, MaskTrack } from '../../project/document.ts';

/** The sign of each kind of mask shape. */
export const SHAPE_ICONS: Readonly<Record<MaskShapeKind, LucideIcon>> = {
  rectangle: SquareDashed,
  ellipse: CircleDashed,
  path: PenTool,
  brush: Brush,
};

export function maskIcon(mask: MaskTrack): LucideIcon {
  const [layer] = mask.layers;
  return layer === undefined || mask.layers.length > 1 ? Layers : SHAPE_ICONS[layer.shape];
}

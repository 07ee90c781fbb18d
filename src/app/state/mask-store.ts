import { createStore } from 'zustand/vanilla';
import type { MaskCombine } from '../../project/document.ts';
import type { KeyframeRef } from '../../project/mask-changes.ts';
import type { CopiedKeyframes } from '../../project/mask-keyframes.ts';

/** What draws in the viewer. */
export type MaskTool = 'rectangle' | 'ellipse' | 'path' | 'brush' | 'erase';

/** How a mask is seen: its outline, what it covers in colour, or itself in grey. */
export type MaskLook = 'outline' | 'tint' | 'matte';

/** What is not saved of working on masks: what is selected, with what one paints, how masks are seen. */
export type MaskState = {
  /** The selected layer; null, or gone: the last one. */
  readonly layer: string | null;
  /** The selected point of its path. */
  readonly point: number | null;
  readonly keys: readonly KeyframeRef[];
  readonly copied: CopiedKeyframes | null;
  /** How the next shape joins those there are. */
  readonly combine: MaskCombine;
  /** Diameter in fractions of the shorter side; share of the radius that is soft. */
  readonly brush: { readonly size: number; readonly softness: number };
  readonly look: MaskLook;
  /** Outlines at the keyframes before and after. */
  readonly onion: boolean;
};

export function createMaskStore() {
  return createStore<MaskState>(() => ({
    layer: null,
    point: null,
    keys: [],
    copied: null,
    combine: 'add',
    brush: { size: 0.12, softness: 0.3 },
    look: 'tint',
    onion: false,
  }));
}

export type MaskStore = ReturnType<typeof createMaskStore>;

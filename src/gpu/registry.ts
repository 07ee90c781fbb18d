import type { Kernel } from './kernel.ts';
import { attentionKernel } from './kernels/attention/attention.ts';
import { combineKernel } from './kernels/combine/combine.ts';
import { copyKernel } from './kernels/copy/copy.ts';
import { mixKernel } from './kernels/mix/mix.ts';
import { momentsJoinKernel, momentsKernel } from './kernels/moments/moments.ts';
import { fromPicturesKernel, toPicturesKernel } from './kernels/pictures/pictures.ts';

/** Every kernel; a test compiles all their variants in all their element types. */
export const KERNELS: readonly Kernel[] = [
  attentionKernel,
  combineKernel,
  copyKernel,
  mixKernel,
  momentsKernel,
  momentsJoinKernel,
  toPicturesKernel,
  fromPicturesKernel,
];

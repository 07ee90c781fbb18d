import type { Kernel } from './kernel.ts';
import {
  attentionKernel,
  attentionSubgroupsKernel,
} from './kernels/attention/attention-kernels.ts';
import { attentionMapKernel } from './kernels/attention-map/attention-map.ts';
import { combineKernel } from './kernels/combine/combine.ts';
import { compositeKernel } from './kernels/composite/composite.ts';
import { copyKernel } from './kernels/copy/copy.ts';
import {
  detailFitKernel,
  detailSmoothKernel,
  detailSumsKernel,
  detailWeighKernel,
} from './kernels/detail/detail.ts';
import { maskKernel } from './kernels/mask/mask.ts';
import { mixKernel } from './kernels/mix/mix.ts';
import { momentsJoinKernel, momentsKernel } from './kernels/moments/moments.ts';
import { fromPicturesKernel, toPicturesKernel } from './kernels/pictures/pictures.ts';
import { resizeKernel } from './kernels/resize/resize.ts';

/** Every kernel; a test compiles all their variants in all their element types. */
export const KERNELS: readonly Kernel[] = [
  attentionKernel,
  attentionSubgroupsKernel,
  attentionMapKernel,
  combineKernel,
  copyKernel,
  mixKernel,
  momentsKernel,
  momentsJoinKernel,
  toPicturesKernel,
  fromPicturesKernel,
  resizeKernel,
  detailSumsKernel,
  detailFitKernel,
  detailWeighKernel,
  detailSmoothKernel,
  compositeKernel,
  maskKernel,
];

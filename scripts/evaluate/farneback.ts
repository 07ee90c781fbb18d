import type { Disposable } from '../../src/base/disposal.ts';
import type { Picture } from '../../src/diffusion/metrics/picture.ts';
import type { Flow } from '../../src/diffusion/metrics/warp-error.ts';
import { withOpenCv, type OpenCv } from './opencv.ts';

/** The values of OpenCV's own tutorial and samples. */
const PYRAMID_SCALE = 0.5;
const LEVELS = 3;
const WINDOW = 15;
const ITERATIONS = 3;
const POLY_N = 5;
const POLY_SIGMA = 1.2;

/** Dense optical flow by OpenCV's Farneback (SCIA 2003) on BT.601 luma. For tests and benchmarks; never in the app. */
export interface Farneback extends Disposable {
  /** From `frame` to `next`, of equal sizes. The array is used again by the next call. */
  estimate(frame: Picture, next: Picture): Flow;
}

/** Whoever creates it disposes it: OpenCV's matrices lie outside the garbage collector's reach. */
export function createFarneback(): Promise<Farneback> {
  return withOpenCv(createWith);
}

function createWith(opencv: OpenCv): Farneback {
  const colour = new opencv.Mat();
  const before = new opencv.Mat();
  const after = new opencv.Mat();
  const field = new opencv.Mat();
  let flow = new Float32Array();

  function toLuma(picture: Picture, luma: InstanceType<OpenCv['Mat']>): void {
    colour.create(picture.height, picture.width, opencv.CV_8UC4);
    colour.data.set(picture.data);
    opencv.cvtColor(colour, luma, opencv.COLOR_RGBA2GRAY);
  }

  return {
    estimate: (frame, next) => {
      toLuma(frame, before);
      toLuma(next, after);
      opencv.calcOpticalFlowFarneback(
        before,
        after,
        field,
        PYRAMID_SCALE,
        LEVELS,
        WINDOW,
        ITERATIONS,
        POLY_N,
        POLY_SIGMA,
        0,
      );
      // A view of OpenCV's memory would break when that memory grows.
      if (flow.length !== field.data32F.length) {
        flow = new Float32Array(field.data32F.length);
      }
      flow.set(field.data32F);
      return flow;
    },
    dispose: () => {
      for (const matrix of [colour, before, after, field]) {
        matrix.delete();
      }
    },
  };
}

import { unreachable } from '../../base/assert.ts';
import type { Sampler, SamplerOptions, SchedulerConfig } from './config.ts';
import { planLcm, planTcd } from './consistency.ts';
import { planDdim, planDdimInverse } from './ddim.ts';
import { planDpmSolver } from './dpm-solver.ts';
import { planEuler, planEulerAncestral } from './euler.ts';

/** The whole sampling as data: which timesteps the model sees and how each step mixes what it has. */
export function createSampler(config: SchedulerConfig, options: SamplerOptions): Sampler {
  switch (config.kind) {
    case 'ddim':
      return planDdim(config, options);
    case 'ddim-inverse':
      return planDdimInverse(config, options);
    case 'euler':
      return planEuler(config, options);
    case 'euler-ancestral':
      return planEulerAncestral(config, options);
    case 'lcm':
      return planLcm(config, options);
    case 'tcd':
      return planTcd(config, options);
    case 'dpm++2m':
      return planDpmSolver(config, options);
    default:
      return unreachable(config.kind);
  }
}

import type { AttentionArgs } from '../../gpu/kernels/attention/attention.ts';
import { attentionInputs, checkAttention, checkType } from './checks.ts';
import { floatType } from './gpu-values.ts';
import type { AttentionCall, Bank, Tensor } from './tensor-runtime.ts';

/** The kernel's terms for a call, checked: all but where the result goes and how it is cut up. */
export function toAttentionArgs(
  call: AttentionCall,
  bufferOf: (tensor: Tensor) => GPUBuffer,
): Omit<AttentionArgs, 'output' | 'tilingOf'> {
  const sizes = checkAttention(call);
  const elem = floatType(call.q);
  const f32 = [
    call.queryMask,
    ...call.paths.flatMap(({ banks }) => banks.map((bank) => bank.keyWeights)),
  ];
  for (const tensor of attentionInputs(call)) {
    checkType(tensor, f32.includes(tensor) ? 'f32' : elem, 'a tensor of attention');
  }
  const toBank = ({ k, v, keyCounts, keyWeights }: Bank) => ({
    k: bufferOf(k),
    v: bufferOf(v),
    entries: k.shape[0] ?? 0,
    keys: k.shape[1] ?? 0,
    ...(keyCounts === undefined ? {} : { keyCounts }),
    ...(keyWeights === undefined ? {} : { keyWeights: bufferOf(keyWeights) }),
  });
  return {
    ...sizes,
    elem,
    q: bufferOf(call.q),
    heads: call.heads,
    headDim: call.headDim,
    paths: call.paths.map(({ scale, banks }) => ({ scale, banks: banks.map(toBank) })),
    ...(call.queryMask === undefined ? {} : { queryMask: bufferOf(call.queryMask) }),
  };
}

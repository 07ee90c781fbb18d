/** What `alias elem` stands for: the type of a tensor's elements in its buffer. Sums are f32 in all variants. */
export type Elem = 'f32' | 'f16' | 'u32';

/** `uniform` and `read` may be given as data, which is copied into the dispatch's own parameter space. */
export type BindingKind = 'uniform' | 'read' | 'write';

export type Constants = Readonly<Record<string, number>>;

/** A compute shader with entry point `main` and its bindings in group 0, numbered by position. */
export type Kernel = {
  readonly name: string;
  readonly source: string;
  readonly bindings: readonly BindingKind[];
  readonly elems: readonly Elem[];
  /** What a device must have for it, half floats apart: those follow from the element type. */
  readonly features?: readonly 'subgroups'[];
  /** Sets of override constants that the program uses; the registry test compiles each of them. */
  readonly variants: readonly Constants[];
};

/** WebGPU's default limits: kernels stay within them, so that any adapter will do. */
export const DEFAULT_LIMITS = {
  storageBuffers: 8,
  uniformBuffers: 12,
  workgroupStorageBytes: 16_384,
  invocationsPerWorkgroup: 256,
  workgroupsPerDimension: 65_535,
} as const;

/** Two lines always, so that line numbers of shader messages are off by two in every variant. */
export function preludeOf(elem: Elem, features: readonly 'subgroups'[] = []): string {
  const extensions = [...(elem === 'f16' ? ['f16'] : []), ...features];
  const first = extensions.length === 0 ? '// no extension' : `enable ${extensions.join(', ')};`;
  return `${first}\nalias elem = ${elem};\n`;
}

export function shaderText(kernel: Kernel, elem: Elem): string {
  return preludeOf(elem, kernel.features) + kernel.source;
}

export function variantLabel(kernel: Kernel, elem: Elem, constants: Constants): string {
  const pairs = Object.entries(constants).map(([name, value]) => `${name}=${value}`);
  return [kernel.name, elem, ...pairs].join(' ');
}

export function elemBytes(elem: Elem): 2 | 4 {
  return elem === 'f16' ? 2 : 4;
}

/**
 * Workgroups for `count` invocations in a row. Past 65,535 workgroups a second dimension is used; kernels compute
 * their index as id.x + id.y * (workgroups in x) * (workgroup size) and return when it is past the end.
 */
export function linearWorkgroups(count: number, workgroupSize: number): [number, number, number] {
  const groups = Math.max(1, Math.ceil(count / workgroupSize));
  const rows = Math.ceil(groups / DEFAULT_LIMITS.workgroupsPerDimension);
  return [Math.ceil(groups / rows), rows, 1];
}

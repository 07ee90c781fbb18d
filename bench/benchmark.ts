export type Print = (line: string) => void;

/** What a benchmark puts into the JSON; `missed` says in words what fell short (exit code 1). */
export type Figures = Readonly<Record<string, unknown>> & { readonly missed?: readonly string[] };

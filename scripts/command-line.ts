import { parseArgs, type ParseArgsConfig } from 'node:util';
import { AppError } from '../src/base/error.ts';

type OptionTypes = NonNullable<ParseArgsConfig['options']>;
type Parsed<Options extends OptionTypes> = ReturnType<
  typeof parseArgs<{ args: string[]; allowPositionals: true; options: Options }>
>;

/** The words of a command line, by the options it knows. `cli/usage` with one sentence and `hint`. */
export function parseWords<const Options extends OptionTypes>(
  args: readonly string[],
  options: Options,
  hint: string,
): Parsed<Options> {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // The parser's first sentence names the option; the rest is advice for its own users.
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new AppError('cli/usage', `${sentence}. ${hint}`, { cause: error });
  }
}

export function asksForHelp(args: readonly string[]): boolean {
  return args.includes('--help') || args.includes('-h');
}

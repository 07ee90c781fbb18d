// Entry of every `npm run …`: installs what is missing, then runs scripts/<name>.ts in this process.
import { ensureInstalled } from './install.mjs';

const [name, ...args] = process.argv.slice(2);
ensureInstalled();
const { register } = await import('tsx/esm/api');
register();
process.argv = [process.argv[0], name, ...args];
// Paths on the command line are relative to where it was typed, not to the repository.
const { main } = await import(`./${name}.ts`);
process.exitCode = await main(args, process.env.INIT_CWD ?? process.cwd());

import { notYet } from './not-yet.ts';

export const main = notYet('fuzz', 'Mutated files are read by npm test and npm run test:soak.');

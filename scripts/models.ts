import { notYet } from './not-yet.ts';

export const main = notYet(
  'models',
  'Model packages are added and removed in the page, under Models.',
);

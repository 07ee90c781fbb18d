import 'react';

declare module 'react' {
  /** Custom properties carry numbers and pictures from components to their style sheets. */
  // oxlint-disable-next-line typescript/consistent-type-definitions -- declaration merging needs an interface
  interface CSSProperties {
    [name: `--${string}`]: string | number | undefined;
  }
}

import type { LucideIcon } from 'lucide-react';
import { Button, ToggleButton, Tooltip, TooltipTrigger } from 'react-aria-components';
import { Icon } from './icon.tsx';
import { Keycaps } from './keycaps.tsx';

type IconButtonProps = {
  readonly icon: LucideIcon;
  /** Name for screen readers, shown as the tooltip. */
  readonly label: string;
  readonly keys?: string;
  readonly small?: boolean;
  readonly isDisabled?: boolean;
  onPress(): void;
};

/** A button that is an icon: always with a name, and a tooltip with the shortcut. */
export function IconButton({
  icon,
  label,
  keys,
  small = false,
  isDisabled,
  onPress,
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button
        className={small ? 'icon-button icon-button--small' : 'icon-button'}
        aria-label={label}
        isDisabled={isDisabled ?? false}
        onPress={onPress}
      >
        <Icon of={icon} size={small ? 14 : 16} />
      </Button>
      <Hint label={label} keys={keys} />
    </TooltipTrigger>
  );
}

type IconToggleProps = Omit<IconButtonProps, 'onPress'> & {
  readonly isSelected: boolean;
  onChange(isSelected: boolean): void;
};

/** The same for something that is on or off. */
export function IconToggle({
  icon,
  label,
  keys,
  small = false,
  isSelected,
  onChange,
}: IconToggleProps) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <ToggleButton
        className={small ? 'icon-button icon-button--small' : 'icon-button'}
        aria-label={label}
        isSelected={isSelected}
        onChange={onChange}
      >
        <Icon of={icon} size={small ? 14 : 16} />
      </ToggleButton>
      <Hint label={label} keys={keys} />
    </TooltipTrigger>
  );
}

function Hint({ label, keys }: { label: string; keys: string | undefined }) {
  return (
    <Tooltip className="tooltip" offset={6}>
      {label}
      {keys === undefined ? null : <Keycaps keys={keys} />}
    </Tooltip>
  );
}

import { Check, ChevronDown } from 'lucide-react';
import { useId } from 'react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
} from 'react-aria-components';
import { Hint } from './hint.tsx';
import { Icon } from './icon.tsx';

export type Option<Id extends string> = {
  readonly id: Id;
  readonly name: string;
  /** One line on what it does. */
  readonly about: string;
  /** Why it can't be chosen. */
  readonly blocked?: string;
};

type SelectRowProps<Id extends string> = {
  readonly label: string;
  readonly options: readonly Option<Id>[];
  readonly value: Id;
  readonly standard: Id;
  onCommit(value: Id): void;
};

/** One of a few ways, each with a line on what it does; the chosen one's stands under it. */
export function SelectRow<Id extends string>(props: SelectRowProps<Id>) {
  const { label, options, value, standard, onCommit } = props;
  const hintId = useId();
  const chosen = options.find(({ id }) => id === value);
  return (
    <div className="value-row">
      <Select
        className="select"
        value={value}
        aria-describedby={hintId}
        disabledKeys={options.flatMap(({ id, blocked }) => (blocked === undefined ? [] : [id]))}
        onChange={(key) => {
          const next = options.find(({ id }) => id === key);
          if (next !== undefined && next.id !== value) {
            onCommit(next.id);
          }
        }}
      >
        <Label
          className="slider__label"
          data-changed={value !== standard || undefined}
          onDoubleClick={() => {
            onCommit(standard);
          }}
        >
          {label}
        </Label>
        <Button className="select__button">
          <SelectValue className="one-line">{chosen?.name ?? value}</SelectValue>
          <Icon of={ChevronDown} size={14} />
        </Button>
        <Popover className="menu-popover select__popover">
          <ListBox className="menu" items={options}>
            {(option) => (
              <ListBoxItem
                id={option.id}
                textValue={option.name}
                className="menu-item menu-item--tall"
              >
                <span className="select__check">
                  {option.id === value ? <Icon of={Check} size={14} /> : null}
                </span>
                <span>
                  <Text slot="label">{option.name}</Text>
                  <Text slot="description" className="hint">
                    {option.blocked ?? option.about}
                  </Text>
                </span>
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </Select>
      <Hint id={hintId}>{chosen?.about ?? ''}</Hint>
    </div>
  );
}

import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { useApp, useSession } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';

type GroupProps = {
  readonly name: string;
  /** What is set in it, where it is folded: the values that differ, in a few words. */
  readonly summary: string;
  readonly children: ReactNode;
};

/** Settings for those who look for them: folded until opened, and then open for every edit. */
export function Group({ name, summary, children }: GroupProps) {
  const app = useApp();
  const isOpen = useSession((state) => state.openGroups.includes(name));
  return (
    <Disclosure
      className="panel group"
      isExpanded={isOpen}
      onExpandedChange={(opened) => {
        app.session.setState(({ openGroups }) => {
          const others = openGroups.filter((other) => other !== name);
          return { openGroups: opened ? [...others, name] : others };
        });
      }}
    >
      <Heading className="group__heading" level={3}>
        <Button slot="trigger" className="group__trigger">
          <Icon of={ChevronRight} size={14} />
          <span className="panel__title">{name}</span>
          {isOpen ? null : <span className="group__summary one-line">{summary}</span>}
        </Button>
      </Heading>
      <DisclosurePanel className="group__body">{isOpen ? children : null}</DisclosurePanel>
    </Disclosure>
  );
}

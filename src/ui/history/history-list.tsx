import { useEffect, useRef } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { useStore } from 'zustand';
import { trailOf } from '../../project/history.ts';
import { useApp, useHistory } from '../context.ts';

/** All steps, newest first. Those that were undone stand above the one that is shown, and can be done again. */
export function HistoryList() {
  const app = useApp();
  const history = useHistory();
  const isReadOnly = useStore(app.project.store, (state) => state.isReadOnly);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, []);
  if (history === null) {
    return null;
  }
  const { labels, at } = trailOf(history);
  const steps = labels.map((label, place) => ({ label: label ?? 'Opened', place })).toReversed();
  return (
    <>
      <h2 className="trail__head">History</h2>
      <ListBox
        ref={list}
        className="trail"
        aria-label="Steps, newest first"
        selectionMode="single"
        disallowEmptySelection
        disabledKeys={isReadOnly ? steps.map(({ place }) => place) : []}
        selectedKeys={[at]}
        onSelectionChange={(keys) => {
          const place = keys === 'all' ? undefined : keys.values().next().value;
          if (typeof place === 'number') {
            app.project.goTo(place);
          }
        }}
      >
        {steps.map(({ label, place }) => (
          <ListBoxItem
            key={place}
            id={place}
            className="trail__item"
            textValue={label}
            data-undone={place > at || undefined}
          >
            <span className="trail__dot" />
            <span className="one-line" title={label}>
              {label}
            </span>
            {place > at ? <span className="trail__note">undone</span> : null}
          </ListBoxItem>
        ))}
      </ListBox>
      <p className="trail__foot">
        Going back keeps what was computed. The newest steps are saved with the project.
      </p>
    </>
  );
}

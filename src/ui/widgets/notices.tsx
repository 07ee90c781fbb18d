import { CircleAlert, CircleCheck, Info, TriangleAlert, X, type LucideIcon } from 'lucide-react';
import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import { useStore } from 'zustand';
import { takeOver } from '../../app/commands/project-commands.ts';
import type { Notice } from '../../app/state/notices-store.ts';
import { useApp } from '../context.ts';
import { IconButton } from './icon-button.tsx';
import { Icon } from './icon.tsx';

const ICONS: Record<Notice['kind'], LucideIcon> = {
  error: CircleAlert,
  warning: TriangleAlert,
  info: Info,
  done: CircleCheck,
};

/** What is said fades after this long; errors stay until they are dismissed. */
const FADE_MS: Record<Notice['kind'], number | null> = {
  error: null,
  warning: 14_000,
  info: 12_000,
  done: 6_000,
};

export function Notices() {
  const app = useApp();
  const notices = useStore(app.notices.store, (state) => state.notices);
  return (
    <section
      className="notices"
      aria-label="Messages"
      aria-live="polite"
      // Over dialogs as well: what is said there can be answered.
      data-react-aria-top-layer
    >
      {notices.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeCard({ notice }: { notice: Notice }) {
  const app = useApp();
  const { id, kind, text, code } = notice;
  const isElsewhere = useStore(app.saving, (state) => state.kind === 'elsewhere');
  const actions =
    code === 'store/locked' && isElsewhere
      ? [...notice.actions, { label: 'Take over', run: () => void takeOver(app) }]
      : notice.actions;
  useEffect(() => {
    const fade = FADE_MS[kind];
    if (fade === null) {
      return undefined;
    }
    const timer = setTimeout(() => {
      app.notices.dismiss(id);
    }, fade);
    return () => {
      clearTimeout(timer);
    };
  }, [app, id, kind]);
  return (
    <div className={`notice notice--${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <span className="notice__icon">
        <Icon of={ICONS[kind]} size={18} />
      </span>
      <p className="notice__text">
        {text}
        {code === null ? null : <small className="code">{code}</small>}
      </p>
      <IconButton
        icon={X}
        label="Dismiss"
        small
        onPress={() => {
          app.notices.dismiss(id);
        }}
      />
      {actions.length === 0 ? null : (
        <div className="notice__actions">
          {actions.map((action) => (
            <Button
              key={action.label}
              className="button button--small"
              onPress={() => {
                app.notices.dismiss(id);
                action.run();
              }}
            >
              {action.label}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

import { MonitorX } from 'lucide-react';
import type { MissingFeature } from '../../app/support.ts';
import { Icon } from '../widgets/icon.tsx';
import './start.css';

/** Said instead of the page, because nothing on it could work: what is missing, why it is needed, what to do. */
export function Unsupported({ missing }: { missing: readonly MissingFeature[] }) {
  return (
    <div className="page">
      <main className="start">
        <section className="start__zone start__zone--plain" role="alert">
          <span className="start__icon start__icon--warning">
            <Icon of={MonitorX} size={36} />
          </span>
          <h1 className="start__title">This browser can’t run Deltacut</h1>
          <ul className="missing">
            {missing.map((feature) => (
              <li key={feature.name} className="missing__item">
                <h2>{feature.name} is missing</h2>
                <p>{feature.why}</p>
                <p className="missing__remedy">{feature.remedy}</p>
              </li>
            ))}
          </ul>
          <small className="code">browser/unsupported</small>
        </section>
      </main>
    </div>
  );
}

/** Says of a part that it is live while what stands beside it is of the past: nobody may take one for the other. */
import { timeText } from '../format/time.ts';
import './live-note.css';

export function LiveTag({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <b className={`live-tag ${className}`} title={text}>
      LIVE
    </b>
  );
}

/** The counterpart: a part that shows the instant looked back at, with the instant. */
export function PastTag({ us, text }: { readonly us: number; readonly text: string }) {
  return (
    <b className="live-tag past-tag" data-testid="past-tag" title={text}>
      PAST {timeText(us, 'second')}
    </b>
  );
}

export function LiveNote({ text }: { readonly text: string }) {
  return (
    <p className="live-note" data-testid="live-note">
      <LiveTag text={text} /> <span>{text}</span>
    </p>
  );
}

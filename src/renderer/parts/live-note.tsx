/** Says of a part that it is live while what stands beside it is of the past: nobody may take one for the other. */
import './live-note.css';

export function LiveTag({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <b className={`live-tag ${className}`} title={text}>
      LIVE
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

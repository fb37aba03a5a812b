/** The banner under the strip when the window is not current: what happened, what it means, what to do. */
import { useStore } from 'zustand';
import { describeLink } from './link-words.ts';
import { useServices } from './services.ts';
import { Age } from './status-strip.tsx';

export function LinkBanner() {
  const { link, linkStatus } = useServices();
  const status = useStore(linkStatus);
  const { banner } = describeLink(status);
  if (!banner) return null;
  return (
    <div
      className="link-banner"
      data-tone={banner.tone}
      role={banner.tone === 'danger' ? 'alert' : 'status'}
      data-testid="link-banner"
    >
      <b>
        {banner.title}
        {status.lastFrameMs > 0 && (
          <>
            {', last news '}
            <Age sinceMs={status.lastFrameMs} />
            {' ago'}
          </>
        )}
      </b>
      <span>{banner.text}</span>
      {banner.action === 'retry' && (
        <button type="button" className="button" onClick={() => link.retryNow()}>
          Try now
        </button>
      )}
      {banner.action === 'reload' && (
        <button type="button" className="button" onClick={() => location.reload()}>
          Reload the window
        </button>
      )}
    </div>
  );
}

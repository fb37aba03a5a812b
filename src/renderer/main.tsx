/** Entry of every window. */
import { start } from './app/start.tsx';
import { openLink } from './link/open-link.ts';

// The key did its work when the page was fetched; from here on the cookie speaks. It should not stay where it can be copied.
const address = new URL(location.href);
if (address.searchParams.has('token')) {
  address.searchParams.delete('token');
  history.replaceState(null, '', address);
}

const host = document.getElementById('root');
if (host) start(host, openLink());

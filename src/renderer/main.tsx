/** Entry of every window. */
import { start } from './app/start.tsx';
import { openLink } from './link/open-link.ts';

const host = document.getElementById('root');
if (host) start(host, openLink());

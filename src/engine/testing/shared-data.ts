/** Where real recorded days lie, when this machine has them: `../shared` beside the repository, or DROVER_SHARED. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const SHARED_DIR = process.env['DROVER_SHARED'] ?? fileURLToPath(new URL('../../../../shared', import.meta.url));
export const SHARED_DATA = path.join(SHARED_DIR, 'data');
export const HAS_SHARED_DATA = existsSync(path.join(SHARED_DATA, 'us_stocks_sip'));
if (!HAS_SHARED_DATA)
  console.warn(`shared data not found at ${SHARED_DIR}: tests on real days are skipped (set DROVER_SHARED).`);

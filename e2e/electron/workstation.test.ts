/** The common journeys in real Electron. */
import { electronHost } from '../hosts/electron-host.ts';
import { workstationJourneys } from '../journeys/workstation.ts';

workstationJourneys((journey) => journey((options) => electronHost(options)));

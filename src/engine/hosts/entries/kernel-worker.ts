/** Entry of the kernel thread. */
import { startKernelThread } from '../kernel-host/kernel-thread.ts';

startKernelThread();

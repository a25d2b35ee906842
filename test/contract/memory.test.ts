import { openMemory } from '../../src/store/memory/open.ts';
import { storeContract } from './store.contract.ts';

storeContract('memory', async (clock) => openMemory({ clock }));

import { defineLocalServer } from './provider.ts';

/** https://www.jan.ai/docs/desktop/api-server. Where it asks for a key, api_key goes as Bearer. */
export const jan = defineLocalServer({
  id: 'jan',
  name: 'Jan',
  baseUrl: 'http://localhost:1337/v1',
  doors: [],
});

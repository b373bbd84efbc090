import { defineLocalServer } from './provider.ts';

/** https://github.com/LostRuins/koboldcpp/wiki */
export const koboldcpp = defineLocalServer({
  id: 'koboldcpp',
  name: 'KoboldCpp',
  baseUrl: 'http://localhost:5001/v1',
});

import { defineLocalServer } from './provider.ts';

/** https://huggingface.co/docs/text-generation-inference/messages_api */
export const tgi = defineLocalServer({
  id: 'tgi',
  name: 'Text Generation Inference',
  baseUrl: 'http://localhost:3000/v1',
});

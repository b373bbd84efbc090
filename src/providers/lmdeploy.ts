import { defineLocalServer } from './provider.ts';

/** https://lmdeploy.readthedocs.io/en/latest/llm/api_server.html */
export const lmdeploy = defineLocalServer({
  id: 'lmdeploy',
  name: 'LMDeploy',
  baseUrl: 'http://localhost:23333/v1',
});

import { defineLocalServer } from './provider.ts';

/** https://nvidia.github.io/TensorRT-LLM/commands/trtllm-serve/trtllm-serve.html */
export const tensorrtLlm = defineLocalServer({
  id: 'tensorrt-llm',
  name: 'TensorRT-LLM',
  baseUrl: 'http://localhost:8000/v1',
});

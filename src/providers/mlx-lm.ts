import { defineLocalServer } from './provider.ts';

/** https://github.com/ml-explore/mlx-lm/blob/main/mlx_lm/SERVER.md */
export const mlxLm = defineLocalServer({
  id: 'mlx-lm',
  name: 'MLX LM',
  baseUrl: 'http://localhost:8080/v1',
});

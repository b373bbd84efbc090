// Written by scripts/generate-registries.ts from the files of this folder: run `npm run generate` after adding one.
// biome-ignore-all assist/source/organizeImports: the generator sorts.
import { ai21 } from './ai21.ts';
import { aihubmix } from './aihubmix.ts';
import { aionLabs } from './aion-labs.ts';
import { alibaba } from './alibaba.ts';
import { amazonBedrock } from './amazon-bedrock.ts';
import { amazonNova } from './amazon-nova.ts';
import { ambient } from './ambient.ts';
import { anthropic } from './anthropic.ts';
import { arceeAi } from './arcee-ai.ts';
import { atlasCloud } from './atlas-cloud.ts';
import { avian } from './avian.ts';
import { azure } from './azure.ts';
import { baidu } from './baidu.ts';
import { baseten } from './baseten.ts';
import { byteplus } from './byteplus.ts';
import { cerebras } from './cerebras.ts';
import { chutes } from './chutes.ts';
import { clarifai } from './clarifai.ts';
import { claudePlatformOnAws } from './claude-platform-on-aws.ts';
import { cloudflare } from './cloudflare.ts';
import { cohere } from './cohere.ts';
import { cortecs } from './cortecs.ts';
import { crusoe } from './crusoe.ts';
import { databricks } from './databricks.ts';
import { deepinfra } from './deepinfra.ts';
import { deepseek } from './deepseek.ts';
import { digitalocean } from './digitalocean.ts';
import { featherless } from './featherless.ts';
import { fireworks } from './fireworks.ts';
import { friendli } from './friendli.ts';
import { gmicloud } from './gmicloud.ts';
import { googleAiStudio } from './google-ai-studio.ts';
import { googleVertex } from './google-vertex.ts';
import { groq } from './groq.ts';
import { helicone } from './helicone.ts';
import { huggingface } from './huggingface.ts';
import { hyperbolic } from './hyperbolic.ts';
import { inception } from './inception.ts';
import { inceptron } from './inceptron.ts';
import { inferenceNet } from './inference-net.ts';
import { infermatic } from './infermatic.ts';
import { inflection } from './inflection.ts';
import { infomaniak } from './infomaniak.ts';
import { ioNet } from './io-net.ts';
import { ionos } from './ionos.ts';
import { jina } from './jina.ts';
import { kilo } from './kilo.ts';
import { liquid } from './liquid.ts';
import { llamacpp } from './llamacpp.ts';
import { llmgateway } from './llmgateway.ts';
import { lmstudio } from './lmstudio.ts';
import { mancer } from './mancer.ts';
import { meta } from './meta.ts';
import { minimax } from './minimax.ts';
import { mistral } from './mistral.ts';
import { modal } from './modal.ts';
import { moonshotai } from './moonshotai.ts';
import { morph } from './morph.ts';
import { nanoGpt } from './nano-gpt.ts';
import { nearAi } from './near-ai.ts';
import { nebius } from './nebius.ts';
import { novita } from './novita.ts';
import { nscale } from './nscale.ts';
import { nvidia } from './nvidia.ts';
import { oci } from './oci.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { opencode } from './opencode.ts';
import { openrouter } from './openrouter.ts';
import { ovhcloud } from './ovhcloud.ts';
import { parasail } from './parasail.ts';
import { perplexity } from './perplexity.ts';
import { phala } from './phala.ts';
import { poe } from './poe.ts';
import { poolside } from './poolside.ts';
import { primeIntellect } from './prime-intellect.ts';
import type { ProviderDefinition } from './provider.ts';
import { requesty } from './requesty.ts';
import { sakana } from './sakana.ts';
import { sambanova } from './sambanova.ts';
import { scaleway } from './scaleway.ts';
import { siliconflow } from './siliconflow.ts';
import { sim } from './sim.ts';
import { stackit } from './stackit.ts';
import { stepfun } from './stepfun.ts';
import { synthetic } from './synthetic.ts';
import { tencent } from './tencent.ts';
import { thinkingMachines } from './thinking-machines.ts';
import { together } from './together.ts';
import { upstage } from './upstage.ts';
import { venice } from './venice.ts';
import { vercel } from './vercel.ts';
import { vllm } from './vllm.ts';
import { voyageai } from './voyageai.ts';
import { vultr } from './vultr.ts';
import { wafer } from './wafer.ts';
import { wandb } from './wandb.ts';
import { xai } from './xai.ts';
import { xiaomi } from './xiaomi.ts';
import { zAi } from './z-ai.ts';
import { zenmux } from './zenmux.ts';

export const providers: readonly ProviderDefinition[] = [
  ai21,
  aihubmix,
  aionLabs,
  alibaba,
  amazonBedrock,
  amazonNova,
  ambient,
  anthropic,
  arceeAi,
  atlasCloud,
  avian,
  azure,
  baidu,
  baseten,
  byteplus,
  cerebras,
  chutes,
  clarifai,
  claudePlatformOnAws,
  cloudflare,
  cohere,
  cortecs,
  crusoe,
  databricks,
  deepinfra,
  deepseek,
  digitalocean,
  featherless,
  fireworks,
  friendli,
  gmicloud,
  googleAiStudio,
  googleVertex,
  groq,
  helicone,
  huggingface,
  hyperbolic,
  inception,
  inceptron,
  inferenceNet,
  infermatic,
  inflection,
  infomaniak,
  ioNet,
  ionos,
  jina,
  kilo,
  liquid,
  llamacpp,
  llmgateway,
  lmstudio,
  mancer,
  meta,
  minimax,
  mistral,
  modal,
  moonshotai,
  morph,
  nanoGpt,
  nearAi,
  nebius,
  novita,
  nscale,
  nvidia,
  oci,
  ollama,
  openai,
  opencode,
  openrouter,
  ovhcloud,
  parasail,
  perplexity,
  phala,
  poe,
  poolside,
  primeIntellect,
  requesty,
  sakana,
  sambanova,
  scaleway,
  siliconflow,
  sim,
  stackit,
  stepfun,
  synthetic,
  tencent,
  thinkingMachines,
  together,
  upstage,
  venice,
  vercel,
  vllm,
  voyageai,
  vultr,
  wafer,
  wandb,
  xai,
  xiaomi,
  zAi,
  zenmux,
];

export const providerById: ReadonlyMap<string, ProviderDefinition> = new Map(
  providers.map((entry) => [entry.id, entry]),
);

export type ProviderId =
  | 'ai21'
  | 'aihubmix'
  | 'aion-labs'
  | 'alibaba'
  | 'amazon-bedrock'
  | 'amazon-nova'
  | 'ambient'
  | 'anthropic'
  | 'arcee-ai'
  | 'atlas-cloud'
  | 'avian'
  | 'azure'
  | 'baidu'
  | 'baseten'
  | 'byteplus'
  | 'cerebras'
  | 'chutes'
  | 'clarifai'
  | 'claude-platform-on-aws'
  | 'cloudflare'
  | 'cohere'
  | 'cortecs'
  | 'crusoe'
  | 'databricks'
  | 'deepinfra'
  | 'deepseek'
  | 'digitalocean'
  | 'featherless'
  | 'fireworks'
  | 'friendli'
  | 'gmicloud'
  | 'google-ai-studio'
  | 'google-vertex'
  | 'groq'
  | 'helicone'
  | 'huggingface'
  | 'hyperbolic'
  | 'inception'
  | 'inceptron'
  | 'inference-net'
  | 'infermatic'
  | 'inflection'
  | 'infomaniak'
  | 'io-net'
  | 'ionos'
  | 'jina'
  | 'kilo'
  | 'liquid'
  | 'llamacpp'
  | 'llmgateway'
  | 'lmstudio'
  | 'mancer'
  | 'meta'
  | 'minimax'
  | 'mistral'
  | 'modal'
  | 'moonshotai'
  | 'morph'
  | 'nano-gpt'
  | 'near-ai'
  | 'nebius'
  | 'novita'
  | 'nscale'
  | 'nvidia'
  | 'oci'
  | 'ollama'
  | 'openai'
  | 'opencode'
  | 'openrouter'
  | 'ovhcloud'
  | 'parasail'
  | 'perplexity'
  | 'phala'
  | 'poe'
  | 'poolside'
  | 'prime-intellect'
  | 'requesty'
  | 'sakana'
  | 'sambanova'
  | 'scaleway'
  | 'siliconflow'
  | 'sim'
  | 'stackit'
  | 'stepfun'
  | 'synthetic'
  | 'tencent'
  | 'thinking-machines'
  | 'together'
  | 'upstage'
  | 'venice'
  | 'vercel'
  | 'vllm'
  | 'voyageai'
  | 'vultr'
  | 'wafer'
  | 'wandb'
  | 'xai'
  | 'xiaomi'
  | 'z-ai'
  | 'zenmux';

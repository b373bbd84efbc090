// Written by scripts/generate-registries.ts from the files of this folder: run `npm run generate` after adding one.
// biome-ignore-all assist/source/organizeImports: the generator sorts.
import { ai21 } from './ai21.ts';
import { aihubmix } from './aihubmix.ts';
import { aionLabs } from './aion-labs.ts';
import { akashml } from './akashml.ts';
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
import { cirrascale } from './cirrascale.ts';
import { clarifai } from './clarifai.ts';
import { claudePlatformOnAws } from './claude-platform-on-aws.ts';
import { cloudflare } from './cloudflare.ts';
import { cohere } from './cohere.ts';
import { coreweave } from './coreweave.ts';
import { cortecs } from './cortecs.ts';
import { crofai } from './crofai.ts';
import { crusoe } from './crusoe.ts';
import { databricks } from './databricks.ts';
import { deepinfra } from './deepinfra.ts';
import { deepseek } from './deepseek.ts';
import { digitalocean } from './digitalocean.ts';
import { doubleword } from './doubleword.ts';
import { enfer } from './enfer.ts';
import { featherless } from './featherless.ts';
import { fireworks } from './fireworks.ts';
import { friendli } from './friendli.ts';
import { githubCopilot } from './github-copilot.ts';
import { githubModels } from './github-models.ts';
import { gmicloud } from './gmicloud.ts';
import { googleAiStudio } from './google-ai-studio.ts';
import { googleVertex } from './google-vertex.ts';
import { groq } from './groq.ts';
import { helicone } from './helicone.ts';
import { heroku } from './heroku.ts';
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
import { jan } from './jan.ts';
import { jina } from './jina.ts';
import { kilo } from './kilo.ts';
import { koboldcpp } from './koboldcpp.ts';
import { lambda } from './lambda.ts';
import { lepton } from './lepton.ts';
import { liquid } from './liquid.ts';
import { llamacpp } from './llamacpp.ts';
import { llmgateway } from './llmgateway.ts';
import { lmdeploy } from './lmdeploy.ts';
import { lmstudio } from './lmstudio.ts';
import { mancer } from './mancer.ts';
import { meta } from './meta.ts';
import { minimax } from './minimax.ts';
import { mistral } from './mistral.ts';
import { mistralrs } from './mistralrs.ts';
import { mlxLm } from './mlx-lm.ts';
import { modal } from './modal.ts';
import { modular } from './modular.ts';
import { moonshotai } from './moonshotai.ts';
import { morph } from './morph.ts';
import { nanoGpt } from './nano-gpt.ts';
import { nearAi } from './near-ai.ts';
import { nebius } from './nebius.ts';
import { nextbit } from './nextbit.ts';
import { novita } from './novita.ts';
import { nscale } from './nscale.ts';
import { nvidia } from './nvidia.ts';
import { oci } from './oci.ts';
import { ollamaCloud } from './ollama-cloud.ts';
import { ollama } from './ollama.ts';
import { openInference } from './open-inference.ts';
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
import { reka } from './reka.ts';
import { relace } from './relace.ts';
import { replicate } from './replicate.ts';
import { requesty } from './requesty.ts';
import { runpod } from './runpod.ts';
import { sakana } from './sakana.ts';
import { sambanova } from './sambanova.ts';
import { scaleway } from './scaleway.ts';
import { seed } from './seed.ts';
import { sglang } from './sglang.ts';
import { siliconflow } from './siliconflow.ts';
import { sim } from './sim.ts';
import { snowflake } from './snowflake.ts';
import { stackit } from './stackit.ts';
import { stepfun } from './stepfun.ts';
import { streamlake } from './streamlake.ts';
import { switchpoint } from './switchpoint.ts';
import { synthetic } from './synthetic.ts';
import { targon } from './targon.ts';
import { tencent } from './tencent.ts';
import { tensorrtLlm } from './tensorrt-llm.ts';
import { tenstorrent } from './tenstorrent.ts';
import { tgi } from './tgi.ts';
import { thinkingMachines } from './thinking-machines.ts';
import { together } from './together.ts';
import { ubicloud } from './ubicloud.ts';
import { upstage } from './upstage.ts';
import { venice } from './venice.ts';
import { vercel } from './vercel.ts';
import { vllm } from './vllm.ts';
import { voyageai } from './voyageai.ts';
import { vultr } from './vultr.ts';
import { wafer } from './wafer.ts';
import { wandb } from './wandb.ts';
import { watsonx } from './watsonx.ts';
import { xai } from './xai.ts';
import { xiaomi } from './xiaomi.ts';
import { zAi } from './z-ai.ts';
import { zenmux } from './zenmux.ts';

export const providers: readonly ProviderDefinition[] = [
  ai21,
  aihubmix,
  aionLabs,
  akashml,
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
  cirrascale,
  clarifai,
  claudePlatformOnAws,
  cloudflare,
  cohere,
  coreweave,
  cortecs,
  crofai,
  crusoe,
  databricks,
  deepinfra,
  deepseek,
  digitalocean,
  doubleword,
  enfer,
  featherless,
  fireworks,
  friendli,
  githubCopilot,
  githubModels,
  gmicloud,
  googleAiStudio,
  googleVertex,
  groq,
  helicone,
  heroku,
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
  jan,
  jina,
  kilo,
  koboldcpp,
  lambda,
  lepton,
  liquid,
  llamacpp,
  llmgateway,
  lmdeploy,
  lmstudio,
  mancer,
  meta,
  minimax,
  mistral,
  mistralrs,
  mlxLm,
  modal,
  modular,
  moonshotai,
  morph,
  nanoGpt,
  nearAi,
  nebius,
  nextbit,
  novita,
  nscale,
  nvidia,
  oci,
  ollamaCloud,
  ollama,
  openInference,
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
  reka,
  relace,
  replicate,
  requesty,
  runpod,
  sakana,
  sambanova,
  scaleway,
  seed,
  sglang,
  siliconflow,
  sim,
  snowflake,
  stackit,
  stepfun,
  streamlake,
  switchpoint,
  synthetic,
  targon,
  tencent,
  tensorrtLlm,
  tenstorrent,
  tgi,
  thinkingMachines,
  together,
  ubicloud,
  upstage,
  venice,
  vercel,
  vllm,
  voyageai,
  vultr,
  wafer,
  wandb,
  watsonx,
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
  | 'akashml'
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
  | 'cirrascale'
  | 'clarifai'
  | 'claude-platform-on-aws'
  | 'cloudflare'
  | 'cohere'
  | 'coreweave'
  | 'cortecs'
  | 'crofai'
  | 'crusoe'
  | 'databricks'
  | 'deepinfra'
  | 'deepseek'
  | 'digitalocean'
  | 'doubleword'
  | 'enfer'
  | 'featherless'
  | 'fireworks'
  | 'friendli'
  | 'github-copilot'
  | 'github-models'
  | 'gmicloud'
  | 'google-ai-studio'
  | 'google-vertex'
  | 'groq'
  | 'helicone'
  | 'heroku'
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
  | 'jan'
  | 'jina'
  | 'kilo'
  | 'koboldcpp'
  | 'lambda'
  | 'lepton'
  | 'liquid'
  | 'llamacpp'
  | 'llmgateway'
  | 'lmdeploy'
  | 'lmstudio'
  | 'mancer'
  | 'meta'
  | 'minimax'
  | 'mistral'
  | 'mistralrs'
  | 'mlx-lm'
  | 'modal'
  | 'modular'
  | 'moonshotai'
  | 'morph'
  | 'nano-gpt'
  | 'near-ai'
  | 'nebius'
  | 'nextbit'
  | 'novita'
  | 'nscale'
  | 'nvidia'
  | 'oci'
  | 'ollama-cloud'
  | 'ollama'
  | 'open-inference'
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
  | 'reka'
  | 'relace'
  | 'replicate'
  | 'requesty'
  | 'runpod'
  | 'sakana'
  | 'sambanova'
  | 'scaleway'
  | 'seed'
  | 'sglang'
  | 'siliconflow'
  | 'sim'
  | 'snowflake'
  | 'stackit'
  | 'stepfun'
  | 'streamlake'
  | 'switchpoint'
  | 'synthetic'
  | 'targon'
  | 'tencent'
  | 'tensorrt-llm'
  | 'tenstorrent'
  | 'tgi'
  | 'thinking-machines'
  | 'together'
  | 'ubicloud'
  | 'upstage'
  | 'venice'
  | 'vercel'
  | 'vllm'
  | 'voyageai'
  | 'vultr'
  | 'wafer'
  | 'wandb'
  | 'watsonx'
  | 'xai'
  | 'xiaomi'
  | 'z-ai'
  | 'zenmux';

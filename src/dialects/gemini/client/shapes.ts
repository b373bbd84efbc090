/**
 * Which fields of a `generateContent` body are messages, lists and numbers, so that their spelling can be told from free form.
 * https://ai.google.dev/api/generate-content · https://ai.google.dev/api/caching#Schema
 */
import { list, mapOf, message, type Shape } from './proto-json.ts';

const value: Shape = 'value';

const blob = message({ mimeType: value, data: value, displayName: value });
const file = message({ mimeType: value, fileUri: value, displayName: value });

const part = message({
  text: value,
  thought: value,
  thoughtSignature: value,
  inlineData: blob,
  fileData: file,
  functionCall: message({ id: value, name: value, args: value, partialArgs: value, willContinue: value }),
  functionResponse: message({
    id: value,
    name: value,
    response: value,
    parts: list(message({ inlineData: blob, fileData: file })),
    willContinue: value,
    scheduling: value,
  }),
  executableCode: message({ id: value, language: value, code: value }),
  codeExecutionResult: message({ id: value, outcome: value, output: value }),
  toolCall: message({ id: value, args: value, toolType: value }),
  toolResponse: message({ id: value, response: value, toolType: value }),
  videoMetadata: message({ startOffset: value, endOffset: value, fps: value }),
  mediaResolution: value,
  partMetadata: value,
});

const content = message({ role: value, parts: list(part) });

/** A subset of OpenAPI's schema object. */
const schema: Shape = message({
  type: value,
  format: value,
  title: value,
  description: value,
  nullable: value,
  enum: list(value),
  items: () => schema,
  prefixItems: list(() => schema),
  minItems: 'number',
  maxItems: 'number',
  properties: mapOf(() => schema),
  required: list(value),
  minProperties: 'number',
  maxProperties: 'number',
  minLength: 'number',
  maxLength: 'number',
  minimum: 'number',
  maximum: 'number',
  pattern: value,
  anyOf: list(() => schema),
  propertyOrdering: list(value),
  default: value,
  example: value,
  additionalProperties: value,
});

const tool = message({
  functionDeclarations: list(
    message({
      name: value,
      description: value,
      behavior: value,
      parameters: schema,
      parametersJsonSchema: value,
      response: schema,
      responseJsonSchema: value,
    }),
  ),
  googleSearch: value,
  googleSearchRetrieval: value,
  googleMaps: value,
  codeExecution: value,
  urlContext: value,
  fileSearch: value,
  computerUse: value,
  enterpriseWebSearch: value,
  retrieval: value,
  mcpServers: value,
});

const generationConfig = message({
  temperature: 'number',
  topP: 'number',
  topK: 'number',
  candidateCount: 'number',
  maxOutputTokens: 'number',
  stopSequences: list(value),
  presencePenalty: 'number',
  frequencyPenalty: 'number',
  seed: 'number',
  responseLogprobs: value,
  logprobs: 'number',
  responseMimeType: value,
  responseSchema: schema,
  responseJsonSchema: value,
  responseModalities: list(value),
  speechConfig: message({
    voiceConfig: message({ prebuiltVoiceConfig: message({ voiceName: value }) }),
    multiSpeakerVoiceConfig: value,
    languageCode: value,
  }),
  imageConfig: message({ aspectRatio: value, imageSize: value }),
  mediaResolution: value,
  thinkingConfig: message({ includeThoughts: value, thinkingBudget: 'number', thinkingLevel: value }),
  audioTimestamp: value,
  enableEnhancedCivicAnswers: value,
});

const request = {
  model: value,
  contents: list(content),
  systemInstruction: content,
  tools: list(tool),
  toolConfig: message({
    functionCallingConfig: message({
      mode: value,
      allowedFunctionNames: list(value),
      streamFunctionCallArguments: value,
    }),
    retrievalConfig: value,
    includeServerSideToolInvocations: value,
  }),
  safetySettings: list(value),
  generationConfig,
  cachedContent: value,
  labels: value,
  serviceTier: value,
  store: value,
  continuationToken: value,
  modelArmorConfig: value,
};

export const requestShape: Shape = message(request);
export const countShape: Shape = message({ ...request, generateContentRequest: requestShape });

/** Where Google Cloud serves models: https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations. */
import { googleAccount } from './auth/google-token.ts';
import type { CredentialScheme } from './auth/scheme.ts';
import type { ProviderDefinition } from './provider.ts';

/** In front of what a project is offered in a location. */
export const IN_PROJECT = 'https://{location}-aiplatform.googleapis.com/v1/projects/{project}/locations/{location}';

/** Locations that are no region have hosts of another kind. */
export const VERTEX_HOSTS: Pick<ProviderDefinition, 'otherHosts' | 'hostBySetting'> = {
  otherHosts: [
    'aiplatform.googleapis.com',
    '{location}-aiplatform.googleapis.com',
    'aiplatform.{location}.rep.googleapis.com',
  ],
  hostBySetting: {
    setting: 'location',
    hosts: {
      global: 'aiplatform.googleapis.com',
      us: 'aiplatform.us.rep.googleapis.com',
      eu: 'aiplatform.eu.rep.googleapis.com',
    },
  },
};

/** An account has a project, its own where nobody says another, and a location. */
export const VERTEX_ACCOUNT: CredentialScheme = googleAccount('https://www.googleapis.com/auth/cloud-platform', {
  baseUrl: `${IN_PROJECT}/publishers/google`,
  settings: {
    project: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_CLOUD_PROJECT'],
    location: ['GOOGLE_VERTEX_LOCATION', 'GOOGLE_CLOUD_LOCATION'],
  },
  settingDefaults: {
    project: { from: ['project_id', 'quota_project_id'] },
    location: { from: [], otherwise: 'global' },
  },
  optInEnv: ['GOOGLE_VERTEX_PROJECT', 'GOOGLE_VERTEX_LOCATION'],
});

/** What an app that serves the scaffold's protocol by HTTP can get wrong, one at a time, and the requirement it breaks. */
export const appFaults = {
  'answers everybody by one name': 'N1',
  'answers with another field': 'N1',
  'answers with no JSON': 'N1',
  'answers with nothing': 'N1',
  'takes a body that was cut off': 'N2',
  'takes a missing name for an empty one': 'N2',
  'takes a number for a name': 'N2',
  'has no limit for names': 'N2',
  'says INTERNAL to what is no request': 'N2',
  'ends the connection at what is no request': 'N2',
  'answers what is no request with 200': 'N2',
  'greets nobody': 'N3',
  'says BAD_REQUEST to an empty name': 'N3',
  'misspells its error': 'N3',
  'sends an error with the status alone': 'N3',
  'never answers an empty name': 'N3',
} as const satisfies Record<string, string>

export type AppFault = keyof typeof appFaults

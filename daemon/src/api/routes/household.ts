import { limits, PorchlightError } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import type { Daemon } from '../daemon.ts'
import { pageHost } from '../guard.ts'
import { operation } from '../operation.ts'
import { status } from '../schemas.ts'

export const urlOf = (port: number) => `http://127.0.0.1:${port}`

/** The link that lets one browser in, once. */
export const setupUrlOf = (port: number, token: string) => `http://${pageHost(port)}/?token=${token}`

export function statusOf({ node, version, home, apiPort, gatewayPort }: Daemon): z.input<typeof status> {
  const gatewayUrl = gatewayPort === undefined ? null : urlOf(gatewayPort)
  return { ...node.status(), daemon: { version, pid: process.pid, home, apiUrl: urlOf(apiPort), gatewayUrl } }
}

/** How many of the words the person is asked to write back. */
const askedBack = 2

export const householdOperations = [
  operation({
    method: 'get',
    path: '/v1/status',
    summary: 'How this household is',
    tag: 'household',
    answer: status,
    run: async (_input, daemon) => statusOf(daemon),
  }),
  operation({
    method: 'patch',
    path: '/v1/household',
    summary: 'Change what this household calls itself',
    tag: 'household',
    body: z.object({ name: z.string().max(limits.petnameChars * 4) }),
    answer: status,
    run: async ({ body }, daemon) => {
      await daemon.node.rename(body.name)
      return statusOf(daemon)
    },
  }),
  operation({
    method: 'post',
    path: '/v1/recovery-words',
    summary: 'The recovery words, until they are confirmed',
    tag: 'household',
    answer: z.object({
      words: z.array(z.string()).readonly(),
      askBack: z.array(z.number().int()).readonly().openapi({ description: 'positions, from 1, of the words to confirm with' }),
    }),
    run: async (_input, { node, recovery }) => {
      recovery.taken ??= await node.takeRecoveryWords()
      const { taken } = recovery
      if (!taken)
        throw new PorchlightError('BAD_REQUEST', 'the recovery words were shown before, and this computer no longer has them', {
          reason: 'words-gone',
        })
      return { words: taken.words, askBack: Array.from({ length: askedBack }, (_position, i) => 1 + ((i * 7 + 4) % taken.words.length)) }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/recovery-words/confirm',
    summary: 'Confirm that the words are written down; this computer forgets them',
    tag: 'household',
    body: z.object({
      words: z
        .record(z.string().regex(/^[0-9]{1,2}$/), z.string().max(32))
        .openapi({ description: 'position, from 1, to word; at least two' }),
    }),
    answer: z.object({ confirmed: z.literal(true) }),
    run: async ({ body }, { recovery }) => {
      const { taken } = recovery
      if (!taken) throw new PorchlightError('BAD_REQUEST', 'show the recovery words first', { reason: 'words-not-shown' })
      const answers = Object.entries(body.words)
      const right = answers.filter(([position, word]) => taken.words[Number(position) - 1] === word.trim().toLowerCase())
      if (answers.length < askedBack || right.length !== answers.length)
        throw new PorchlightError('BAD_REQUEST', 'those are not the words at these positions', { reason: 'words-wrong' })
      await taken.done()
      recovery.taken = undefined
      return { confirmed: true as const }
    },
  }),
  operation({
    method: 'post',
    path: '/v1/backups',
    summary: 'Write everything of this household to a new file, as one age file',
    tag: 'household',
    body: z.object({
      path: z.string().max(4096).openapi({ description: 'absolute, on this machine; a file that exists is never written over' }),
      passphrase: z.string().min(1).max(1024).optional().openapi({ description: 'seals it instead of the recovery words' }),
    }),
    answer: z.object({
      path: z.string(),
      bytes: z.number().int(),
      madeMs: z.number().int(),
      opensWith: z.enum(['words', 'passphrase']),
    }),
    run: async ({ body }, { node }) => await node.backup(body),
  }),
  operation({
    method: 'post',
    path: '/v1/setup-tokens',
    summary: 'A link that lets one browser in, once',
    tag: 'household',
    answer: z.object({ url: z.string() }),
    run: async (_input, { setup, apiPort }) => ({ url: setupUrlOf(apiPort, setup.issue()) }),
  }),
] as const

import { limits } from '@porchlight/core'
import { z } from '@hono/zod-openapi'
import type { DeviceView } from '@porchlight/node'
import { operation } from '../operation.ts'
import { device } from '../schemas.ts'

const ref = z.object({ ref: z.string().openapi({ description: 'a device id, or its last 6 characters or more: ids begin alike' }) })
const words = z
  .string()
  .max(limits.recoveryWordsChars)
  .openapi({ description: 'the 24 recovery words, separated by spaces; used once and not kept' })
const deviceList = z.object({ devices: z.array(device).readonly() })
const shown = (devices: DeviceView[]) => ({ devices: devices as z.infer<typeof device>[] })

export const deviceOperations = [
  operation({
    method: 'get',
    path: '/v1/devices',
    summary: 'The devices of this household',
    tag: 'household',
    answer: deviceList,
    run: async (_input, { node }) => shown(node.devices()),
  }),
  operation({
    method: 'post',
    path: '/v1/devices/invites',
    summary: 'Open an invite for a new device, with the recovery words: for 15 minutes and one use; one that is open ends',
    tag: 'household',
    body: z.object({
      words,
      caps: device.shape.caps.optional(),
      expMs: z.int().positive().optional().openapi({ description: 'when the device ends; default never' }),
    }),
    answer: z.object({ link: z.string().openapi({ description: 'for `porchlight device join` on the new machine' }), expMs: z.int() }),
    run: async ({ body: { words: typed, caps, expMs } }, { node }) =>
      await node.inviteDevice({ words: typed, ...(caps && { caps }), ...(expMs !== undefined && { expMs }) }),
  }),
  operation({
    method: 'post',
    path: '/v1/devices/{ref}/suspend',
    summary: 'Take a device out of force, at once; what it allowed waits for a person',
    tag: 'household',
    params: ref,
    answer: deviceList,
    run: async ({ params }, { node }) => shown(await node.suspendDevice(params.ref)),
  }),
  operation({
    method: 'post',
    path: '/v1/devices/{ref}/remove',
    summary: 'Take a device off the list of the household, with the recovery words',
    tag: 'household',
    params: ref,
    body: z.object({ words }),
    answer: deviceList,
    run: async ({ params, body }, { node }) => shown(await node.changeDevices(body.words, [{ device: params.ref, remove: true }])),
  }),
  operation({
    method: 'patch',
    path: '/v1/devices/{ref}',
    summary: 'Change what a device may do and until when, with the recovery words',
    tag: 'household',
    params: ref,
    body: z.object({ words, caps: device.shape.caps.optional(), expMs: device.shape.expMs.optional() }),
    answer: deviceList,
    run: async ({ params, body: { words: typed, ...change } }, { node }) =>
      shown(await node.changeDevices(typed, [{ device: params.ref, ...change }])),
  }),
  operation({
    method: 'post',
    path: '/v1/household/rotate',
    summary: 'Replace the root key of the household, with the recovery words: what somebody else signed with the old one is void',
    tag: 'household',
    body: z.object({
      words,
      without: z.array(z.string()).max(limits.devicesPerHousehold).default([]).openapi({ description: 'devices to leave out' }),
    }),
    answer: deviceList,
    run: async ({ body }, { node }) => shown(await node.rotateRoot(body.words, body.without)),
  }),
] as const

import { limits } from '@porchlight/core'
import { z } from 'zod'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

const port = z.coerce.number().int('is not a whole number').min(0, 'is below 0').max(65535, 'is above 65535')
const path = z.string().min(1, 'is empty')
const words = { true: true, yes: true, on: true, 1: true, false: false, no: false, off: false, 0: false } as Record<string, boolean>

const flag = z.preprocess(
  (value) => (typeof value === 'string' ? (words[value.toLowerCase()] ?? value) : value),
  z.boolean('is neither true nor false'),
)

const splitList = (value: unknown) =>
  typeof value === 'string'
    ? value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
    : value
const multiaddr = z.string().regex(/^(\/[a-z0-9]+(\/[^/\s]+)?)+$/i, 'is not a multiaddr such as /ip4/0.0.0.0/tcp/4101')
const multiaddrs = z.preprocess(splitList, z.array(multiaddr).max(32, 'has more than 32 addresses'))

const daysMs = { d: 86_400_000, w: 7 * 86_400_000 } as const

/** `90d` or `12w`, as milliseconds. More than a grant can last would never come. */
const decay = z.preprocess(
  (value) => {
    // A number without its unit is nobody's guess.
    const [, count, unit] = /^(\d{1,3})([dw])$/.exec(String(value).trim()) ?? []
    return count === undefined ? undefined : Number(count) * daysMs[unit as keyof typeof daysMs]
  },
  z
    .number(`is no time in days or weeks, such as 90d`)
    .min(limits.grantDecayLeastMs, `is less than ${limits.grantDecayLeastMs / daysMs.d}d`)
    .max(limits.grantLifetimeMs, `is more than ${limits.grantLifetimeMs / daysMs.d}d, which no grant lasts`),
)

/** A port number, or the addresses to listen on. */
const listen = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : splitList(value)),
  z.union([port, z.array(multiaddr).max(32)], 'is neither a port nor a list of multiaddrs such as /ip4/0.0.0.0/tcp/4101'),
)

/**
 * Every setting of the daemon, with its default. The names are those of the settings file; the environment says `PORCHLIGHT_API_PORT` for `apiPort`,
 * a flag says `--api-port`. `home` and `config` say where the file is, so they cannot be in it. `docs/settings.md` is held equal to this by a test.
 */
export const settingsSchema = z.strictObject({
  home: path.optional().describe('directory of everything this household keeps; 0700'),
  config: path.optional().describe('settings file to read instead of `config.yaml` in `home`; it must exist'),
  name: z
    .string()
    .min(1, 'is empty')
    .max(64, 'is longer than 64 characters')
    .optional()
    .describe('what this household calls itself; used once, when it is made'),
  listen: listen
    .default(0)
    .describe('port for other households on every interface (0: chosen once and remembered), or a list of multiaddrs'),
  mdns: flag.default(true).describe('find contacts on the local network'),
  announce: multiaddrs
    .default([])
    .describe('addresses to tell contacts besides those found; a name is kept by whoever takes a link of yours'),
  forwardPort: flag.default(true).describe('ask the router to forward our port (UPnP) once there is a contact'),
  bootstrap: multiaddrs
    .default([])
    .describe('nodes through which to join an address book; besides those of invites that were accepted; with neither nobody is contacted'),
  serveAddressBook: flag
    .default(false)
    .describe('hold sealed addresses of others for a day, as a node of the address book; for a machine that everybody can reach'),
  apiPort: port.default(0).describe('port of the local API and page on 127.0.0.1 (0: chosen once and remembered)'),
  gatewayPort: port.default(0).describe("port of friends' apps on 127.0.0.1 (0: chosen once and remembered)"),
  grantDecay: decay
    .default(limits.grantDecayMs)
    .describe('how long a grant that nobody uses lasts before it is suspended and you are asked; set it alike on all devices'),
  logLevel: z
    .enum(logLevels, `is none of ${logLevels.join(', ')}`)
    .default('info')
    .describe('least serious event that the log shows'),
  logFormat: z.enum(['text', 'json'], 'is neither text nor json').default('text').describe('log lines for people or for programs'),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is not a language tag such as en')
    .default('en')
    .describe('language of consent cards'),
  passphraseFile: path.optional().describe('file whose first line opens the keys; the passphrase itself is never a setting'),
})

/** Checked settings. `home` is always known. */
export type Settings = z.infer<typeof settingsSchema> & { readonly home: string }
export type SettingName = keyof typeof settingsSchema.shape

export const settingNames = Object.keys(settingsSchema.shape) as SettingName[]

/** Settings that a settings file cannot hold, because they say where it is. */
export const outsideFile: readonly SettingName[] = ['home', 'config']

/** `apiPort` → `PORCHLIGHT_API_PORT`. */
export const environmentName = (name: string): string => `PORCHLIGHT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

/** `apiPort` → `--api-port`. */
export const flagName = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

import { pino } from 'pino'
import type { Settings } from '../settings/settings.ts'

/** Writes one event: its name and its fields. */
export type Log = (event: string, fields?: Readonly<Record<string, unknown>>) => void

const serious = /(^|\.)(alarm|crashed)$/
const troubling = /(\.failed|\.unreadable|\.changed|\.warning|\.given-up|port-given-up|\.broken)$/
/** Peers' own comings and goings, which would drown the rest. */
const chatty = /^(call|mesh|dht|gate|outbox|stream|libp2p)\./

const levelOf = (event: string) => (serious.test(event) ? 'error' : troubling.test(event) ? 'warn' : chatty.test(event) ? 'debug' : 'info')

/** Fields that must never reach a log, whoever passes them. */
const secret = /token|secret|passphrase|password|cookie|authorization|payload|^words$|^link$|seed|privatekey/i

function withoutSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      secret.test(name) ? '[not logged]' : value instanceof Error ? value.message : value,
    ]),
  )
}

/** `12:03:04 warn port.changed which=api before=4101 now=4102` */
function lineForPeople(line: string): string {
  const { level, time, event, ...fields } = JSON.parse(line) as { level: string; time: number; event: string }
  const said = Object.entries(fields).map(
    ([name, value]) => ` ${name}=${typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)}`,
  )
  return `${new Date(time).toTimeString().slice(0, 8)} ${level} ${event}${said.join('')}\n`
}

/**
 * The daemon's log on stderr: an event name and fields, no sentences; never payloads, tokens or keys.
 *
 * @param write  where a finished line goes
 */
export function makeLog({ logLevel, logFormat }: Pick<Settings, 'logLevel' | 'logFormat'>, write: (line: string) => void): Log {
  const logger = pino(
    { level: logLevel, messageKey: 'event', base: null, formatters: { level: (label) => ({ level: label }) } },
    { write: (line) => write(logFormat === 'json' ? line : lineForPeople(line)) },
  )
  return (event, fields = {}) => logger[levelOf(event)](withoutSecrets(fields), event)
}

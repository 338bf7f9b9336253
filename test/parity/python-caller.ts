import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parity } from './protocol.ts'
import type { Caller } from './script.ts'

/** Calls by examples/python, with Debian's Python and nothing installed for it. */
export const pythonCaller =
  (home: string, token: string, contact: string): Caller =>
  async (script, heard) => {
    const args = [
      '-E',
      '-s',
      '-B',
      join(import.meta.dirname, 'call_parity.py'),
      JSON.stringify({ ...script, contact, protocol: parity.id }),
    ]
    const child = spawn('/usr/bin/python3', args, {
      env: { ...process.env, PORCHLIGHT_HOME: home, PORCHLIGHT_TOKEN: token },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    const all: string[] = []
    for await (const line of createInterface(child.stdout)) {
      const { message, end } = JSON.parse(line) as { message?: string; end?: string }
      all.push(message ?? end ?? '')
      if (message !== undefined) heard()
    }
    await ended
    return all
  }

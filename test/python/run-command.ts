import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../../scripts/workspaces.mjs'

/** Runs a command that needs no daemon. @throws with what it printed when it fails */
export const runCommand = (...args: string[]): Promise<unknown> =>
  promisify(execFile)(process.execPath, [join(root, 'daemon/dist/main.js'), ...args])

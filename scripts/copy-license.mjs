// `prepack` of every published workspace: npm takes a LICENSE along only from the package's own directory. Runs there.
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspaces.mjs'

copyFileSync(join(root, 'LICENSE'), 'LICENSE')

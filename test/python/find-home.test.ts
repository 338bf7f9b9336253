import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findDaemon } from '../../packages/sdk/src/remote/find-daemon.ts'
import { root } from '../../scripts/workspaces.mjs'

test.each<Record<string, string>>([
  { HOME: '/home/ana' },
  { HOME: '/home/ana', XDG_DATA_HOME: '/data' },
  { HOME: '/home/ana', XDG_DATA_HOME: 'relative' },
  { HOME: '/home/ana', XDG_DATA_HOME: '/data', PORCHLIGHT_HOME: '/try/ana' },
])('a Python app looks for its daemon where one in TypeScript does, with %o', (environment) => {
  const program = 'from porchlight import default_home, socket_in; print(socket_in(default_home()))'
  const { stdout } = spawnSync('/usr/bin/python3', ['-B', '-c', program], {
    env: { ...environment, PYTHONPATH: join(root, 'examples/python') },
    encoding: 'utf8',
  })
  expect({ socketPath: stdout.trim() }).toEqual(findDaemon({}, environment))
})

// Runs one example from source: npm run example -- NAME [ARGUMENT…]
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [name = '', ...rest] = process.argv.slice(2)
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const script = at(`examples/${name}.sh`)
const isName = /^(apps\/)?[a-z-]+$/.test(name)
if (isName && existsSync(script)) {
  // Scripts run the daemon as it is installed, so it has to be built.
  const steps = [
    ['node', at('scripts/setup.mjs'), 'build'],
    ['bash', script],
  ]
  for (const [program, ...args] of steps) {
    const { status } = spawnSync(program, args, { stdio: 'inherit' })
    if (status !== 0) process.exit(status ?? 1)
  }
  process.exit(0)
}
const file = at(`examples/${name}.ts`)
if (!isName || !existsSync(file)) {
  console.error(`no example ${JSON.stringify(name)}; examples/README.md lists them`)
  process.exit(64)
}
const flags = ['--conditions=@porchlight/source', '--experimental-transform-types', '--disable-warning=ExperimentalWarning']
process.exit(spawnSync('node', [...flags, file, ...rest], { stdio: 'inherit' }).status ?? 1)

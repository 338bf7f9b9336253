// Runs one example from source: npm run example -- NAME
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [name = ''] = process.argv.slice(2)
const file = fileURLToPath(new URL(`../examples/${name}.ts`, import.meta.url))
if (!/^[a-z-]+$/.test(name) || !existsSync(file)) {
  console.error(`no example ${JSON.stringify(name)}; examples/README.md lists them`)
  process.exit(64)
}
const flags = ['--conditions=@porchlight/source', '--experimental-transform-types', '--disable-warning=ExperimentalWarning']
process.exit(spawnSync('node', [...flags, file], { stdio: 'inherit' }).status ?? 1)

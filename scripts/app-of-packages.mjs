// An app as somebody else writes it: in a folder of its own, with the packed packages and nothing of this clone's sources.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, workspaces } from './workspaces.mjs'

/** Its compiler's settings, which docs/app-developers.md gives. `skipLibCheck`: generated declarations follow a library whose types moved. */
const compilerOptions = {
  target: 'esnext',
  module: 'nodenext',
  strict: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  resolveJsonModule: true,
  types: ['node'],
}

/**
 * Unpacks the tarballs as an install would, with what they depend on taken from this clone, and runs and compiles two of the examples there.
 *
 * @param {string} packed  directory of the tarballs
 * @returns {string[]}  what is wrong, none when all is well
 */
export function appProblems(packed) {
  mkdirSync(join(root, '.cache'), { recursive: true })
  const app = mkdtempSync(join(root, '.cache/app-'))
  try {
    for (const { dir, manifest } of workspaces().filter((each) => !each.manifest.private)) {
      const home = join(app, 'node_modules', manifest.name)
      mkdirSync(home, { recursive: true })
      const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
      const { status, stderr } = spawnSync('tar', ['-xzf', join(packed, file), '-C', home, '--strip-components=1'], { encoding: 'utf8' })
      if (status !== 0) return [`${file}: ${stderr}`]
      if (existsSync(join(root, dir, 'node_modules'))) symlinkSync(join(root, dir, 'node_modules'), join(home, 'node_modules'))
    }
    for (const file of ['hello.ts', 'embedded-node.ts', 'greeting.ts', 'greeting.json'])
      cpSync(join(root, 'examples', file), join(app, file))
    writeFileSync(join(app, 'package.json'), '{"type":"module","private":true}')
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    return [
      ...problemsOf(app, 'node', ['hello.ts'], 'Hello Ana'),
      ...problemsOf(app, 'node', ['embedded-node.ts'], 'Hello Ana'),
      ...problemsOf(app, 'tsc', ['--project', app], ''),
    ]
  } finally {
    rmSync(app, { recursive: true })
  }
}

function problemsOf(cwd, program, args, says) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 120_000 })
  return status === 0 && stdout.includes(says) ? [] : [`${program} ${args.join(' ')}: ${stdout}${stderr}`]
}

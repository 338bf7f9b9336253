import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseProtocolId, PorchlightError } from '@porchlight/core'
import type { CheckedFolder, Target } from '@porchlight/kit'
import type { Answer, CommandContext } from '../command-line.ts'
import { wellFormed } from '../flag-values.ts'
import { release } from '../protocol-directory.ts'

/** Loaded when a command needs it: it brings libp2p and parsers, and most command lines need neither. */
const kit = () => import('@porchlight/kit')

const lineOf = ({ file, field, says }: CheckedFolder['faults'][number]) => `${field === '' ? file : `${file}, ${field}`}: ${says}`

export async function check(dir: string, isRelease: boolean): Promise<Answer> {
  const { checkFolder, readFolder } = await kit()
  const checked = checkFolder(readFolder(dir))
  const { faults, protocol, manifest, requirements, conformance } = checked
  if (faults.length > 0 || !manifest || !protocol)
    return { data: { id: protocol?.id ?? null, faults }, text: faults.map(lineOf).join('\n'), exitCode: 1 }
  const isNew = isRelease && (await release(dir, checked))
  const cases = [...conformance.values()].reduce((sum, file) => sum + file.cases.length, 0)
  const text = [
    `${protocol.id} is complete: rev ${manifest.body.rev} in ${manifest.body.langs.join(', ')}, id ${manifest.id}.`,
    ...Object.entries(manifest.enforced).map(([key, why]) => `enforced: ${key}, because ${why}`),
    `shown: ${requirements.length} requirements of the SPEC, by ${cases} cases of conformance and the vectors`,
    ...(isNew ? ['Written to released.json: from now on a changed text needs the next rev.'] : []),
  ]
  const { body, id } = manifest
  const counts = { requirements: requirements.length, cases }
  const data = { id: protocol.id, faults, rev: body.rev, manifest: id, langs: body.langs, ...counts, released: isNew }
  return { data, text: text.join('\n') }
}

export async function scaffoldFolder(id: string, dir: string | undefined, lang: string): Promise<Answer> {
  const { scaffold, writeFolder } = await kit()
  const { id: whole, name, files } = scaffold(id, { lang })
  const target = resolve(dir ?? name)
  writeFolder(target, files)
  const text = [
    `${whole} in ${target}:`,
    ...[...files.keys()].map((path) => `  ${path}`),
    `Read SPEC.md first, then change it. See what is missing: porchlight protocol check ${dir ?? name}`,
  ]
  return { data: { id: whole, dir: target, files: [...files.keys()] }, text: text.join('\n') }
}

export async function docs(dir: string, out: string | undefined, nowMs: number): Promise<Answer> {
  const { checkFolder, pageOf, putFile, readFolder } = await kit()
  const files = readFolder(dir)
  const checked = checkFolder(files)
  if (!checked.protocol)
    throw new PorchlightError('BAD_REQUEST', `${dir} holds no protocol that can be read: porchlight protocol check says why`, {
      reason: 'protocol-files',
    })
  const path = resolve(out ?? join(dir, `${basename(resolve(dir))}.html`))
  putFile(path, pageOf(checked, files, { expSec: Math.floor(nowMs / 1000) + 30 * 86_400 }))
  const faults = checked.faults.length
  const text =
    faults === 0 ? `Written to ${path}.` : `Written to ${path}, with ${faults} faults: porchlight protocol check ${dir} lists them.`
  return { data: { file: path, faults }, text }
}

export interface ConformFlags {
  readonly against: string
  readonly echo?: string | undefined
  readonly location?: string | undefined
  readonly secretFile?: string | undefined
}

export async function conform(dir: string, flags: ConformFlags, { api, home, terminal }: CommandContext): Promise<Answer> {
  const { echo } = flags
  if (echo !== undefined) wellFormed('--echo', () => parseProtocolId(echo))
  const { checkFolder, conform: run, conformText, readFolder } = await kit()
  const checked = checkFolder(readFolder(dir))
  if (checked.conformance.size === 0)
    throw new PorchlightError('BAD_REQUEST', `${dir} has no vectors/conformance.json that can be read`, { reason: 'protocol-files' })
  await using target = await targetOf(flags, checked, { api, home, terminal })
  const report = await run(checked, target)
  return { data: report, text: conformText(report), exitCode: report.failed > 0 ? 1 : 0 }
}

async function targetOf(
  { against, echo, location, secretFile }: ConformFlags,
  checked: CheckedFolder,
  context: CommandContext,
): Promise<Target> {
  const { appTarget, gateTarget } = await kit()
  if (/^(porchlight:|\/(ip4|ip6|dns))/.test(against))
    return gateTarget(against, {
      random: randomBytes,
      nowMs: context.terminal.nowMs,
      ...(echo === undefined ? {} : { echo: { protocol: echo, location: location ?? '' } }),
    })
  if (against.startsWith('http://'))
    return appTarget(against, secretFile === undefined ? {} : { secret: readFileSync(secretFile, 'utf8').trim() })
  if (!checked.protocol || /[:/]/.test(against))
    throw new PorchlightError('BAD_REQUEST', `${against} is no contact, no invite link, no multiaddr and no http:// URL of an app`, {
      reason: 'target',
    })
  return contactTarget(checked.protocol.id, against, location ?? '', context)
}

/** A contact of the household whose daemon runs here: called as any app calls it, with a token that ends with the run. */
async function contactTarget(id: string, contact: string, location: string, { api, home }: CommandContext): Promise<Target> {
  const [{ connect }, { householdTarget }] = await Promise.all([import('@porchlight/sdk'), kit()])
  const name = `conformance ${randomBytes(4).toString('hex')}`
  const { token } = await api.post<{ token: string }>('/v1/apps', { name, protocols: [{ id, call: true }] })
  const forget = () => api.delete(`/v1/apps/${encodeURIComponent(name)}`)
  try {
    const household = await connect({ app: name, token, home })
    return {
      ...householdTarget(household, contact, { location }),
      [Symbol.asyncDispose]: async () => {
        await household[Symbol.asyncDispose]()
        await forget()
      },
    }
  } catch (error) {
    await forget()
    throw error
  }
}

import { realpathSync, statSync } from 'node:fs'
import { open, realpath, stat, type FileHandle } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { PorchlightError } from '@porchlight/core'

const wrong = (says: string): PorchlightError => new PorchlightError('BAD_REQUEST', says, { reason: 'page-folder' })
const isWithin = (dir: string, path: string): boolean => path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep)

/**
 * The folder of a page, as it is kept: without symbolic links, so that nothing that is laid in its way later leads elsewhere.
 *
 * @param home  the household's directory, which no page may show
 * @throws `BAD_REQUEST` with reason `page-folder`
 */
export function pageFolder(path: string, home: string): string {
  if (!isAbsolute(path)) throw wrong(`the folder of a page is an absolute path, not ${JSON.stringify(path.slice(0, 200))}`)
  let folder: string
  try {
    folder = realpathSync(path)
    if (!statSync(folder).isDirectory()) throw wrong(`${path} is no folder`)
  } catch (error) {
    if (error instanceof PorchlightError) throw error
    throw wrong(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
  const own = realpathSync(home)
  if (isWithin(folder, own) || isWithin(own, folder))
    throw wrong(`${path} has keys of this household in it, or is among them: give the page a folder of its own`)
  return folder
}

export interface PageFile {
  readonly handle: FileHandle
  readonly bytes: number
  /** Its path below the folder, by which its type is known. */
  readonly name: string
}

/**
 * Opens what an address means: a file of the folder, or `index.html` where it ends with `/`. Hidden files and whatever a symbolic link leads out to
 * are not there.
 *
 * @param path  the path of the address, percent-encoded, beginning with `/`
 * @returns     `undefined` when there is no such file; the handle is the caller's to close
 */
export async function openPageFile(folder: string, path: string): Promise<PageFile | undefined> {
  const parts = partsOf(path.endsWith('/') ? `${path}index.html` : path)
  if (parts === undefined) return undefined
  try {
    const real = await realpath(join(folder, ...parts))
    if (!isWithin(folder, real)) return undefined
    // Before it is opened: opening a pipe waits for somebody to write to it.
    const found = await stat(real)
    return found.isFile() ? { handle: await open(real), bytes: found.size, name: relative(folder, real) } : undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'ELOOP' || code === 'ENAMETOOLONG') return undefined
    throw error
  }
}

/** The names in an address; `undefined` for one that names what is hidden or leads upwards. */
function partsOf(path: string): string[] | undefined {
  try {
    const parts = path
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent)
    return parts.some((part) => part.startsWith('.') || /[/\\\0]/.test(part)) ? undefined : parts
  } catch {
    return undefined
  }
}

import { accessSync, constants } from 'node:fs'

/** Fails a suite loudly, naming the remedy, when a program it needs is not on this machine. */
export function needs(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([path]) => {
    try {
      accessSync(path, constants.R_OK)
      return false
    } catch {
      return true
    }
  })
  if (missing.length > 0)
    throw new Error(`this suite CANNOT RUN here: missing ${missing.map(([path, remedy]) => `${path} (${remedy})`).join(', ')}`)
}

/** Fails a suite loudly when it is not run as root. */
export function needsRoot(): void {
  if (process.getuid?.() !== 0) throw new Error('this suite CANNOT RUN here: it makes network namespaces and needs root')
}

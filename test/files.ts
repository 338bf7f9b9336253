/** Rules about files that no linter knows. Each returns one sentence per problem. */
export interface TrackedFile {
  /** Relative to the root. */
  readonly path: string
  readonly text: string
}

const wallLines = 400
const vagueNames = /^(utils?|helpers?|commons?|misc|shared|lib)\.[a-z.]+$/

/** Written in pieces, so that this file does not contain what it looks for. */
const elsewhere = ['..', 'shared'].join('/')
const workDirectory = ['', 'work', ''].join('/')
const registryHosts = [
  ['registry', 'npmjs', 'org'].join('.'),
  ['registry', 'yarnpkg', 'com'].join('.'),
  ['npm', 'pkg', 'github', 'com'].join('.'),
]

/** A source file that a person wrote; generated code is exempt from the rules about size. */
export function isHandWrittenSource(path: string): boolean {
  return /\.([mc]?[jt]sx?)$/.test(path) && !path.includes('/generated/')
}

/** House style: about 90 lines is normal, 400 is a wall. */
export function tooLong(files: readonly TrackedFile[]): string[] {
  return files
    .filter(({ path }) => isHandWrittenSource(path))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > wallLines)
    .map(({ path, lines }) => `${path} has ${lines} lines, limit ${wallLines}: look for the second idea`)
}

/** A file is named by its one idea, in kebab-case. */
export function badlyNamed(files: readonly TrackedFile[]): string[] {
  return files
    .filter(({ path }) => isHandWrittenSource(path))
    .flatMap(({ path }) => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      if (vagueNames.test(name)) return [`${path}: name the idea in it`]
      return /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name) ? [] : [`${path} is not in kebab-case`]
    })
}

/** The repository stands alone: it names nothing outside itself, and leaves to the reader's settings where packages come from. */
export function namesTheOutside(files: readonly TrackedFile[]): string[] {
  return files.flatMap(({ path, text }) => [
    ...[elsewhere, workDirectory].filter((place) => text.includes(place)).map((place) => `${path} mentions ${place}`),
    ...registryHosts.filter((host) => text.includes(host)).map((host) => `${path} names the registry ${host}`),
    ...(path.endsWith('package-lock.json') && /"resolved": "[a-z+]+:/.test(text) ? [`${path} says where packages come from`] : []),
  ])
}

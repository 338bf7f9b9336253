import { readFileSync } from 'node:fs'

/** This file is two levels below package.json as source and one level below it in the bundle. */
function read(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as { name?: string; version?: string }
      if (manifest.name === '@porchlight/daemon' && manifest.version !== undefined) return manifest.version
    } catch {
      // Not there: look one level further up.
    }
  }
  return '0.0.0'
}

/** The version of this package, which its programs show. */
export const version = read()

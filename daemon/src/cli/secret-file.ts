import { readFileSync } from 'node:fs'
import { PorchlightError } from '@porchlight/core'

/** A passphrase: the first line of a file, as it stands there. @throws `SETTING_INVALID` with the reason given */
export function firstLine(file: string, reason = 'passphraseFile'): string {
  try {
    return readFileSync(file, 'utf8').split('\n', 1)[0]?.replace(/\r$/, '') ?? ''
  } catch (cause) {
    throw new PorchlightError('SETTING_INVALID', `${file} cannot be read`, { reason, cause })
  }
}

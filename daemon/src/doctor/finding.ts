/** `ok`: as it should be. `note`: worth knowing. `warning`: will hurt some day. `fault`: does not work now. */
export type Level = 'ok' | 'note' | 'warning' | 'fault'

/** One thing that the doctor looked at. */
export interface Finding {
  /** A stable word for programs, such as `ipv4`. */
  readonly about: string
  readonly level: Level
  readonly says: string
  /** What the person can do; `null` when nothing has to be done. */
  readonly remedy: string | null
}

export const finding = (about: string, level: Level, says: string, remedy: string | null = null): Finding => ({
  about,
  level,
  says,
  remedy,
})

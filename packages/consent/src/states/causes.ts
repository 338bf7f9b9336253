/**
 * What holds the whole household: while any is set, no call is admitted under any grant.
 * `locked`: a person locked it. `paused`: panic. `rollback`: the database is older than what others know. `clock`: the clock of this machine went back.
 */
export const haltCauses = ['locked', 'paused', 'rollback', 'clock'] as const
export type HaltCause = (typeof haltCauses)[number]

/**
 * What holds one grant. `rollback`: a person confirmed others of a rolled-back database, and not this one. `stale`: this device has not heard of its household for longer than the grant allows. `quota`: a limit in bytes is used up.
 * `unused`: nobody used it for so long that a person should say whether it is still wanted. `device-suspended`: a device signed it that was suspended since.
 */
export const grantCauses = ['stale', 'quota', 'unused', 'device-suspended', 'rollback'] as const
export type GrantCause = (typeof grantCauses)[number]

export type Cause = HaltCause | GrantCause

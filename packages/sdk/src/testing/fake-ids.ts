import { deviceId, householdId, type DeviceId, type HouseholdId } from '@porchlight/core'

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'
const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** Ids that have the right shape and are stable from run to run; no keys behind them. @param n 0–31 */
export const fakeHousehold = (n: number): HouseholdId => householdId(`b${base32[n % 32]?.repeat(52)}`)
/** As `fakeHousehold`. @param n 0–57 */
export const fakeDevice = (n: number): DeviceId => deviceId(`12D3KooW${base58[n % 58]?.repeat(44)}`)

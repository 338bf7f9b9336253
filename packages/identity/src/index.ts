// households and their devices
export { capabilities, createGenesis, devicesOf, documentType, maySign, openGenesis } from './document.ts'
export type { Capability, DeviceEntry, DocumentBody, HouseholdDocument } from './document.ts'
export { createHousehold, openHousehold, takeRecoveryWords } from './household.ts'
export type { OwnHousehold, RecoveryWords } from './household.ts'
export { memoryKeystore } from './keystore.ts'
export type { Keystore } from './keystore.ts'
export { nextRootKey, rootKey, seedBytes } from './seed.ts'
export { recoveryWordsOf, seedFromWords } from './recovery-words.ts'
// contacts
export { addressLabelOf, createContact, documentBytesOf, wordsOf } from './contact.ts'
export type { Contact, Level } from './contact.ts'
export { petname, quoted, suggestPetname } from './petnames.ts'
export { verificationWords } from './verification-words.ts'
// invites
export { decodeInvite, encodeInvite, inviteSecretBytes } from './invite-link.ts'
export type { InviteData } from './invite-link.ts'
export { atTime, InviteBook, settleAttempt } from './invite-book.ts'
export type { Attempt, InviteState, Settled, StoredInvite } from './invite-book.ts'

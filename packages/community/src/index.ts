// signed acts
export { admitType, charterType, joinType, removeType, roles } from './acts.ts'
export type { Act, AdmitBody, CharterBody, JoinBody, RemoveBody, Role } from './acts.ts'
export { openAct } from './open-act.ts'
export type { SpeaksFor } from './open-act.ts'
// who is a member
export { foldCommunity } from './fold.ts'
export type { Community, Member } from './fold.ts'

// the owner's side
export { serveShares } from './owner-proxy.ts'
// the guest's side
export { startGateway } from './guest-gateway.ts'

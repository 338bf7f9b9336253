/** The one protocol id of ours that identify shows to strangers. App protocols are named inside its encrypted frames. */
export const gateProtocol = '/porchlight/gate/1'

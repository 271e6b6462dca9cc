/**
 * Fields of the original's file that mean nothing here. Most tune how its server hands output on from one goroutine to
 * the next, and how long it waits for that at the end; here a file is read straight to the session, and the end is an
 * event. `Logger` is overruled by the default of `-logger`, as in the original.
 */
export const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'Server.OutputTransmissionDelayMs',
  'Server.OutputEOFWaitBaseMs',
  'Server.OutputEOFWaitPerFileMs',
  'Server.OutputEOFWaitMaxMs',
  'Server.OutputChannelBufferSize',
  'Server.OutputFlushTimeoutMs',
  'Server.OutputFlushPollIntervalMs',
  'Server.OutputReadRetryIntervalMs',
  'Server.OutputEOFAckTimeoutMs',
  'Server.ShutdownOutputSerializeWaitMs',
  'Server.ShutdownIdleRecheckWaitMs',
  'Common.ExperimentalFeaturesEnable',
  'Common.Logger',
])

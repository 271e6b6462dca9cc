/** Reads what one server sends, in the form that was agreed on, and passes it to a sink. */
export interface AnswerReader {
  /** Takes ownership of `chunk`; returns the texts of the hidden messages in it. */
  take(chunk: Uint8Array): Promise<readonly string[]>
  /** The server left. @throws ProtocolError `LF_PROTOCOL_TRUNCATED` in the middle of something */
  end(): void
}

/** Whether a message is the answer to AUTHKEY, and so for us, not for the person. */
export type IsOurs = (message: Uint8Array) => boolean

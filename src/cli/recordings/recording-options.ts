/** What `--record` and its companions say. */
export interface RecordingOptions {
  /** The directory. */
  readonly record?: string;
  readonly hashNames?: boolean;
  /** Seconds after which recordings of the directory are deleted. */
  readonly keepRecordings?: number;
}

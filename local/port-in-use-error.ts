import { SlotkeeperError } from '../src/errors/slotkeeper-error.ts';

/** A port that the embedded cloud should listen on belongs to another process. */
export class PortInUseError extends SlotkeeperError {
  readonly port: number;

  /**
   * @param port the port that is taken
   * @param optionName the command line option that chooses another one, e.g. `--port`
   */
  constructor(port: number, optionName: string, options?: ErrorOptions) {
    super(
      'PortInUseError',
      `Port ${port} on 127.0.0.1 is in use. Pass ${optionName} <other>, or 0 for a free one.`,
      options,
    );
    this.port = port;
  }
}

import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The address has no link of ours in it. */
export class LinkMalformed extends SlotkeeperError {
  constructor() {
    super(
      'LinkMalformed',
      'This is not a whole link. Mail programs may break long lines: copy all of it, or use slotkeeper snooze.',
    );
  }
}

/** It is signed with no key of this deployment. */
export class LinkForged extends SlotkeeperError {
  constructor() {
    super(
      'LinkForged',
      'This link was not made by this Slotkeeper, was changed, or is older than its last two keys. Nothing was done.',
    );
  }
}

/** Its time is over. */
export class LinkExpired extends SlotkeeperError {
  constructor() {
    super(
      'LinkExpired',
      'This link has expired: the session was to be ended by then. If it still lives, the next warning has another link.',
    );
  }
}

/** The secret has no key that could sign. */
export class LinkKeyUnusable extends SlotkeeperError {
  constructor(stage: string, found: string) {
    super(
      'LinkKeyUnusable',
      `Expected the secret of snooze links (${stage}) to be a text of at least 32 characters, got ${found}. Rotate it, or put one there.`,
    );
  }
}

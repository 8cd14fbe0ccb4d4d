const { readFile } = require('node:fs/promises');

// One mapping for a whole file: a stack trace then names the library's file, which is all that is wanted of it.
const EMPTY_MAP = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64');

/** Leaves libraries out of the source maps: their lines made two thirds of a function's package. */
const mapOwnCodeOnly = {
  name: 'map-own-code-only',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, async ({ path }) => ({
      contents: `${await readFile(path, 'utf8')}\n//# sourceMappingURL=data:application/json;base64,${EMPTY_MAP}`,
      loader: 'js',
    }));
  },
};

/**
 * Lambda puts a function's credentials into its environment (Lambda guide, "Defined runtime environment variables"). The
 * SDK's other ways to find some (profiles, single sign-on, web identities, the instance's metadata) bring clients of
 * their own along, a tenth of each package, and are never asked.
 */
const credentialsOfTheEnvironment = {
  name: 'credentials-of-the-environment',
  setup(build) {
    const namespace = 'credentials-of-the-environment';
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credential-provider-node',
      namespace,
      pluginData: { resolveDir },
    }));
    build.onLoad({ filter: /.*/, namespace }, ({ pluginData: { resolveDir } }) => ({
      contents:
        "import { fromEnv } from '@aws-sdk/credential-provider-env'; export const defaultProvider = (init) => fromEnv(init);",
      resolveDir,
    }));
  },
};

module.exports = [mapOwnCodeOnly, credentialsOfTheEnvironment];

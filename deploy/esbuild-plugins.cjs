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

module.exports = [mapOwnCodeOnly];

// serverless.yml can only read CommonJS; this hands over to the typed file.
module.exports = async () => {
  const { fromConfig } = await import('./from-config.ts');
  return fromConfig('slotkeeper.yml');
};

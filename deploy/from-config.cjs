// serverless.yml can only read CommonJS; this hands over to the typed file.
module.exports = async ({ resolveVariable }) => {
  const { fromConfig } = await import('./from-config.ts');
  return fromConfig(await resolveVariable('self:custom.config'), await resolveVariable('self:custom.stage'));
};

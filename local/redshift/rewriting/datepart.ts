/** Redshift's dateparts with their plurals and abbreviations ("Date parts for date or timestamp functions"), by PostgreSQL's name. */
const DATEPARTS: Readonly<Record<string, string>> = {
  millennium: 'millennium millennia mil mils',
  century: 'century centuries c cent cents',
  decade: 'decade decades dec decs',
  epoch: 'epoch',
  year: 'year years y yr yrs',
  quarter: 'quarter quarters qtr qtrs',
  month: 'month months mon mons',
  week: 'week weeks w',
  dow: 'dayofweek dow dw weekday',
  doy: 'dayofyear doy dy yearday',
  day: 'day days d',
  hour: 'hour hours h hr hrs',
  minute: 'minute minutes m min mins',
  second: 'second seconds s sec secs',
  millisecond: 'millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon',
  microsecond: 'microsecond microseconds us usec usecs usecond useconds microsec microsecs',
  timezone: 'timezone',
  timezone_hour: 'timezone_hour',
  timezone_minute: 'timezone_minute',
};

const BY_NAME = new Map(
  Object.entries(DATEPARTS).flatMap(([part, names]) => names.split(' ').map((name) => [name, part] as const)),
);

/** PostgreSQL's name of a datepart of Redshift, or undefined if there is no such datepart. */
export function findDatepart(name: string): string | undefined {
  return BY_NAME.get(name.toLowerCase());
}

// One line of JSON for each test that ended: its file, its name and, when it failed, why.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === 'test:pass' || type === 'test:fail') {
      const error = type === 'test:fail' ? textOf(data.details.error) : undefined;
      yield `${JSON.stringify({ file: data.file, name: data.name, skipped: data.skip !== undefined, error })}\n`;
    }
  }
}

function textOf(error) {
  return error?.cause?.stack ?? error?.stack ?? String(error);
}

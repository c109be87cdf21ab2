-- A job, its runs, and its result if that is asked for.
local job = load(ask.id)
if not job then
  return done(absent(ask.id))
end
local found = status('found', job)
found[4] = ask.result and call('HGET', RESULTS, ask.id)
return done(found)

-- A job, its runs, and its result and its call if they are asked for.
local job = load(ask.id)
if not job then
  return done(absent(ask.id))
end
local found = status('found', job)
found[4] = ask.result and call('HGET', RESULTS, ask.id) or false
found[5] = ask.call and call('HGET', CALLS, ask.id) or false
return done(found)

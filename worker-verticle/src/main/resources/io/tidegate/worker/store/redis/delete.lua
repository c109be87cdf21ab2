-- T14 by hand.
local job = load(ask.id)
if not job then
  return done(absent(ask.id))
end
if job[STATE] <= RETRYING then
  return done(status('conflict', job))
end
local found = status('done', job)
forget(job)
return done(found)

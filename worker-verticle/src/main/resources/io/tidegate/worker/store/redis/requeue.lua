-- T13.
local job = load(ask.id)
if not job then
  return done(absent(ask.id))
end
if job[STATE] <= SUCCEEDED then
  return done(status('conflict', job))
end
requeue(job, ask.deadline)
return done(status('done', job))

-- T11.
local job = load(ask.id)
if not job then
  return done(absent(ask.id))
end
if job[STATE] > RETRYING then
  return done(status(job[STATE] == CANCELED and 'done' or 'conflict', job))
end
local word = job[STATE] == RUNNING and 'requested' or 'done'
finish(job, CANCELED, ask.keep)
return done(status(word, job))

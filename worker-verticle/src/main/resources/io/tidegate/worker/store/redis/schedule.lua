-- What schedules there are, and how far each is: never back.
local schedules, fires = KEYS[1], KEYS[2]
local ask = cmsgpack.unpack(ARGV[1])
local there = true
if ask.word == 'put' then
  redis.call('HSET', schedules, ask.name, ask.options)
elseif ask.word == 'remove' then
  there = redis.call('HDEL', schedules, ask.name) == 1
  if there then
    redis.call('HDEL', fires, ask.name)
  end
else
  local known = redis.call('HGET', fires, ask.name)
  known = known and cmsgpack.unpack(known)
  if not known or known[1] < ask.slot then
    -- A time that made none leaves the latest job known: it may still be running.
    local job = ask.job == '' and known and known[2] or ask.job
    redis.call('HSET', fires, ask.name, cmsgpack.pack({ ask.slot, job }))
  end
end
return cmsgpack.pack({ there, {} })

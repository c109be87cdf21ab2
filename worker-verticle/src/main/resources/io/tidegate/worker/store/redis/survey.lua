-- A queue at a glance.
local counts = {}
for state = SCHEDULED, EXPIRED do
  counts[state + 1] = call('ZLEXCOUNT', INDEX, '[' .. state, '(' .. (state + 1))
end
-- Ranks put priority before age: the first few of each lane have the oldest but for odd mixtures.
local oldest = now
for _, set in ipairs({ READY, SUSPECTS }) do
  for _, member in ipairs(call('ZRANGEBYLEX', set, '-', '+', 'LIMIT', 0, 16)) do
    oldest = math.min(oldest, load(idOf(member))[RUN_AT])
  end
end
local held = (tonumber(call('HGET', COUNT, 'open')) or 0)
  + (tonumber(call('HGET', COUNT, 'over')) or 0)
return done({ tonumber(call('HGET', COUNT, 'mode')) or 0, counts, held, now - oldest })

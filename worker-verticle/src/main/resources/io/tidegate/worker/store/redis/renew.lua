-- Holds leases for longer; says which are lost.
call('ZREM', RUN, '') -- A first write that needs no memory: the others pass when Redis is full.
local results = {}
for i, one in ipairs(ask.items) do
  local member = one[1] .. string.format('%.0f', one[2])
  local there = call('ZSCORE', RUN, member)
  if there then
    call('ZADD', RUN, now + ask.lease, member)
  end
  results[i] = there and true or false
end
return done(results)

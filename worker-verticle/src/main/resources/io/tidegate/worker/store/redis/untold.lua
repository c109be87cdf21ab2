-- Ends that a callback waits for, the oldest first.
local results = {}
for i, member in ipairs(call('ZRANGE', UNTOLD, 0, ask.limit - 1)) do
  results[i] = unpacked(call('HGET', ENDS, member))
end
return done(results)

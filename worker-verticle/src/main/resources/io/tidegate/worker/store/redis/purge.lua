-- T14 for the dead, oldest first.
local members = call('ZRANGEBYLEX', INDEX, '[' .. DEAD, '(' .. (DEAD + 1), 'LIMIT', 0, ask.limit)
for _, member in ipairs(members) do
  forget(load(idOf(member)))
end
return done(#members)

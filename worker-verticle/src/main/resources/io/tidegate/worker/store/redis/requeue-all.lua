-- T13 for what fits, oldest first, from a place in the index on. Looks at so many jobs at most, and
-- says where to go on.
local from, word = ask.after, tostring(ask.state)
local members = call('ZRANGEBYLEX', INDEX, '(' .. word .. from, '(' .. (ask.state + 1), 'LIMIT', 0,
  ask.look)
local count = 0
for _, member in ipairs(members) do
  if count >= ask.limit then
    break
  end
  from = idOf(member)
  local job = load(from)
  if fits(job) then
    count = count + 1
    if not ask.dry then
      requeue(job, ask.deadline)
    end
  end
end
return done({ count, #members == ask.look and from or false })

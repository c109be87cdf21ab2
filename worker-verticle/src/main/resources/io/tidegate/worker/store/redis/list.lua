-- Jobs of some states before an id, the latest first. Looks at so many at most: then it says down
-- to which id it has seen everything.
local found, cursors, seen = {}, {}, 0
for i, state in ipairs(ask.states) do
  cursors[i] = { state = state, at = 0, members = {}, from = '(' .. state .. ask.after }
end

local function head(cursor)
  if cursor.at == #cursor.members and not cursor.spent then
    cursor.members = call('ZREVRANGEBYLEX', INDEX, cursor.from, '[' .. cursor.state, 'LIMIT', 0,
      ask.chunk)
    cursor.at = 0
    cursor.spent = #cursor.members < ask.chunk
    cursor.from = '(' .. (cursor.members[#cursor.members] or '')
  end
  local member = cursor.members[cursor.at + 1]
  return member and idOf(member)
end

local last
while #found < ask.limit and seen < ask.look do
  local best, id
  for _, cursor in ipairs(cursors) do
    local mine = head(cursor)
    if mine and (not id or mine > id) then
      best, id = cursor, mine
    end
  end
  if not best then
    return done({ found, false })
  end
  best.at = best.at + 1
  seen, last = seen + 1, id
  local job = load(id)
  if fits(job) then
    found[#found + 1] = job
  end
end
return done({ found, last })
